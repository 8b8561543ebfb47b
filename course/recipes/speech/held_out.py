"""What is never trained on: speakers and sentences to measure with. Fixed before the first training."""

# Kokoro's speakers: American and British, woman and man; Mandarin, woman and man
SPEAKERS = {
    "en-us": ("af_sarah", "am_michael"), "en-gb": ("bf_emma", "bm_lewis"), "cmn": ("zf_xiaoyi", "zm_yunxi"),
}  # fmt: skip
# espeak-ng's
VARIANTS = ("m3", "f4", "Alicia", "Andy", "klatt3", "linda")
VOICES = ("en-gb-scotland", "es-419", "ca")

SENTENCES = {
    "en-us": (
        "Both of them put the brown paper box up on top of the piano.",
        "My uncle grew up in a small room above the old bookshop.",
        "Whoever wants to improve must be prepared to fail very often.",
        "The boys wove a blue rope out of wool and moved the boat.",
        "Remember to buy some butter, ham, and a bag of apples.",
        "A member of the band played the trumpet from the balcony.",
        "Pam bumped her arm on the lamp beside the bathtub.",
        "Five or six people stopped to help him fix the van.",
        "I would rather walk home than wait for another bus.",
        "Her father opened the shop at half past seven.",
        "Nobody believed that the bridge could be built by summer.",
        "What happened to the map that we left in the car?",
    ),
    "en-gb": (
        "The baker's mother brought a basket of plums from the farm.",
        "Perhaps the bus will come before the boat has to leave.",
        "We may have passed the last pub on the way to Bath.",
        "Move the lamp a bit nearer to the armchair, please.",
        "Bob's brother became a member of parliament in May.",
        "The water in the harbour was as calm as a mirror.",
        "Could you possibly bring the umbrella and the map?",
        "A warm bath and a pot of tea work wonders, Mary.",
        "Vera never quite forgave him for selling the farm.",
        "Sheep and lambs may be seen on both sides of the path.",
        "The prime number after five is, of course, seven.",
        "Papa's pipe lay on top of the ebony box.",
    ),
    "cmn": (
        "今天下午我们跟朋友一起去公园跑步。", "不管你怎么说，我都不会忘记那个故事。", "爸爸把面包放在木头桌子上面。",
        "妹妹买了八本漂亮的笔记本。", "明天上午八点，请在博物馆门口等我。", "他们班的男生都喜欢打乒乓球。",
        "奶奶每天都把房间打扫得很干净。", "我不明白他为什么不买那本便宜的书。", "海边的风很大，把帽子吹跑了。",
        "北方的冬天比南方冷得多。", "这部电影的名字我怎么也想不起来。", "盘子里摆满了苹果、葡萄和面包。",
        "麻烦你帮我把行李搬到楼上。", "小马跑得慢，大马跑得快。", "放假以后他们打算爬泰山。",
        "门外飘着雪，屋里很暖和。",
    ),
}  # fmt: skip
