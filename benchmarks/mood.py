"""Is the mood of a sentence found from its words? `python benchmarks/mood.py`

Forty sentences, twenty English and twenty Chinese, written and labelled before any lexicon or threshold was; the twelve
marked "held out" were not looked at while words and thresholds were chosen. One person's labels, so a hint at most.
Neutral sentences weigh as much as others: a face that smiles at a timetable is wrong in public.
"""

import argparse
import time

from course.speech import mood

# (language, held out, what the face should show, sentence)
SENTENCES = [
    ("en", False, "happy", "I am so glad to see you again!"),
    ("en", False, "happy", "We won the match, and everybody danced in the street."),
    ("en", False, "happy", "Thank you, this is the most wonderful present."),
    ("en", True, "happy", "What a lovely morning, the whole garden is in bloom."),
    ("en", True, "happy", "She laughed all the way home because the news was so good."),
    ("en", False, "sad", "My grandmother died last winter, and I miss her every day."),
    ("en", False, "sad", "I feel so lonely since you left."),
    ("en", False, "sad", "Unfortunately, we lost everything in the fire."),
    ("en", True, "sad", "He cried quietly when he heard that his dog was dead."),
    ("en", False, "angry", "How dare you lie to me, this is outrageous!"),
    ("en", False, "angry", "I am furious about the way they treated us."),
    ("en", True, "angry", "Stop that, I hate it when you insult people!"),
    ("en", False, "surprised", "Wow, I can't believe you did that in one day!"),
    ("en", False, "surprised", "Oh my goodness, where did you come from?"),
    ("en", False, "neutral", "The train to Leeds leaves from platform four."),
    ("en", False, "neutral", "Water boils at one hundred degrees at sea level."),
    ("en", False, "neutral", "Please sign the form on the second page."),
    ("en", False, "neutral", "It looks like rain, so take a coat."),
    ("en", True, "neutral", "The committee meets on the first Tuesday of the month."),
    ("en", True, "neutral", "Which of the two roads goes to the station?"),
    ("zh", False, "happy", "今天见到你我真高兴！"),
    ("zh", False, "happy", "我们终于赢了，大家都开心得跳了起来。"),
    ("zh", False, "happy", "谢谢你送我这么漂亮的礼物，我太喜欢了。"),
    ("zh", True, "happy", "祝你生日快乐，万事如意！"),
    ("zh", True, "happy", "孩子们在院子里笑得特别甜。"),
    ("zh", False, "sad", "奶奶去年冬天去世了，我每天都想念她。"),
    ("zh", False, "sad", "你走了以后，我觉得很孤独。"),
    ("zh", False, "sad", "很遗憾，我们在火灾中失去了一切。"),
    ("zh", True, "sad", "听到这个消息，他难过得哭了。"),
    ("zh", False, "angry", "你怎么能骗我，太过分了！"),
    ("zh", False, "angry", "他们这样对待我们，我非常愤怒。"),
    ("zh", True, "angry", "我最讨厌别人在背后说坏话，气死我了！"),
    ("zh", False, "surprised", "哇，真没想到你一天就做完了！"),
    ("zh", False, "surprised", "天哪，你怎么会在这里？"),
    ("zh", False, "neutral", "去北京的火车从四号站台出发。"),
    ("zh", False, "neutral", "水在海平面一百度沸腾。"),
    ("zh", False, "neutral", "请在第二页签名。"),
    ("zh", False, "neutral", "这个问题不难，我们一步一步来看。"),
    ("zh", True, "neutral", "委员会每个月的第一个星期二开会。"),
    ("zh", True, "neutral", "这两条路哪一条通往车站？"),
]  # fmt: skip


def main() -> None:
    argparse.ArgumentParser(description="The mood of forty labelled sentences.").parse_args()
    mood.mood_of("Warm up.")
    begin, right = time.perf_counter(), {}
    print(f"{'':<9}{'label':<11}{'found':<11}{'strength':>8}  sentence")
    for language, held_out, label, sentence in SENTENCES:
        found = mood.mood_of(sentence)
        is_right = found.name == label
        right.setdefault((language, held_out), []).append(is_right)
        print(f"{'held out' if held_out else '':<9}{label:<11}{found.name:<11}{found.strength:>8.2f}"
              f"  {'' if is_right else '(wrong) '}{sentence}")
    for (language, held_out), marks in sorted(right.items()):
        print(f"{language}, {'held out' if held_out else 'seen'}: {sum(marks)} of {len(marks)} right")
    print(f"{1e3 * (time.perf_counter() - begin) / len(SENTENCES):.2f} ms a sentence")


if __name__ == "__main__":
    main()
