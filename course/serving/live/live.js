// The page's side of a live session: a photo and a consent in, a WebRTC connection to this machine, words over its
// data channel. No server but this page's own is asked for anything.
"use strict";

const at = id => document.getElementById(id);
let connection = null, channel = null, session = null, microphone = null, chosen = null;

function status(words) { at("status").textContent = words; }

function note(words) {
  const line = document.createElement("li");
  line.textContent = words;
  at("log").prepend(line);
  while (at("log").children.length > 50) at("log").lastChild.remove();
}

function headers(more = {}) {
  return at("key").value ? { ...more, Authorization: "Bearer " + at("key").value } : more;
}

async function fetched(path, options) {
  const answer = await fetch(path, { ...options, headers: headers(options.headers) });
  const told = await answer.json().catch(() => ({}));
  if (answer.status === 401) at("keyline").hidden = false;
  if (!answer.ok) throw new Error(told.description || "the server answers " + answer.status);
  return told;
}

// ---------------------------------------------------------------- the photo

function choose(file) {
  chosen = file;
  if (at("photo").src) URL.revokeObjectURL(at("photo").src);
  at("photo").src = URL.createObjectURL(file);
  at("photo").hidden = false;
  at("hint").hidden = true;
  at("consent").checked = false;  // it was about another photo
  at("start").disabled = true;
}

at("file").onchange = () => { if (at("file").files[0]) choose(at("file").files[0]); };
for (const kind of ["dragover", "dragleave", "drop"]) {
  at("stage").addEventListener(kind, event => {
    event.preventDefault();
    at("stage").classList.toggle("over", kind === "dragover");
    if (kind === "drop" && !connection && event.dataTransfer.files[0]) choose(event.dataTransfer.files[0]);
  });
}
at("consent").onchange = () => { at("start").disabled = !at("consent").checked || !!connection; };

async function upload(file) {
  const form = new FormData();
  const ending = { "image/png": ".png", "image/webp": ".webp" }[file.type] || ".jpg";
  form.append("image", file, "photo" + ending);
  return (await fetched("/images", { method: "POST", body: form })).id;
}

// ---------------------------------------------------------------- the connection

function gathered(peer) {
  return new Promise(done => {
    const look = () => { if (peer.iceGatheringState === "complete") done(); };
    peer.addEventListener("icegatheringstatechange", look);
    setTimeout(done, 2000);  // host candidates are there at once
    look();
  });
}

at("start").onclick = async () => {
  at("start").disabled = true;
  status("The photo is taken apart, and a voice is loaded: some seconds.");
  try {
    await begin();
  } catch (problem) {
    finish(problem.message);
  }
};

async function begin() {
  const image = chosen ? await upload(chosen) : null;
  connection = new RTCPeerConnection({ iceServers: [] });
  connection.addTransceiver("audio", { direction: "sendrecv" });
  connection.addTransceiver("video", { direction: "recvonly" });
  channel = connection.createDataChannel("words");
  channel.onopen = ready;
  channel.onmessage = event => told(JSON.parse(event.data));
  const stream = new MediaStream();
  at("face").srcObject = stream;
  connection.ontrack = event => {
    // both come in one stream, which the browser plays in step
    at("face").srcObject = event.streams[0] || (stream.addTrack(event.track), stream);
  };
  connection.onconnectionstatechange = () => {
    if (connection && ["failed", "closed"].includes(connection.connectionState)) finish("The connection has ended.");
  };
  await connection.setLocalDescription(await connection.createOffer());
  await gathered(connection);
  const answer = await fetched("/live/sessions", {
    method: "POST", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      image, offer: connection.localDescription.sdp, size: Number(at("size").value),
      consent: at("consent").labels[0].innerText.trim().replace(/\s+/g, " "), language: at("language").value,
      voice: at("voice").value.trim() || null, expression: at("expression").value,
    }),
  });
  session = answer.id;
  await connection.setRemoteDescription({ type: "answer", sdp: answer.answer });
}

function ready() {
  at("face").classList.add("on");
  at("stage").classList.add("live");
  at("photo").hidden = at("hint").hidden = true;
  at("during").disabled = false;
  at("face").play().catch(() => {});
  status("Live.");
}

function finish(words) {
  if (connection) connection.close();
  if (microphone) microphone.getTracks().forEach(track => track.stop());
  connection = channel = session = microphone = null;
  at("face").classList.remove("on");
  at("stage").classList.remove("live");
  at("photo").hidden = !chosen;
  at("hint").hidden = !!chosen;
  at("during").disabled = true;
  at("microphone").value = "off";
  at("start").disabled = !at("consent").checked;
  status(words);
}

function leave() {
  if (session) fetch("/live/sessions/" + session, { method: "DELETE", keepalive: true, headers: headers() });
}

at("end").onclick = () => { leave(); finish("Ended."); };
window.addEventListener("pagehide", leave);

// ---------------------------------------------------------------- words

function send(message) {
  if (channel && channel.readyState === "open") channel.send(JSON.stringify(message));
}

function told({ kind, words }) {
  if (kind === "state") status((words.busy ? "Speaking" : "Live") + ", painted at " + words.quality + ".");
  else if (kind === "says") note("“" + words + "”");
  else if (kind === "note" || kind === "interrupted") note(words);
  document.body.dataset[kind] = typeof words === "string" ? words : JSON.stringify(words);
}

for (const act of ["say", "ask"]) {
  at(act).onclick = () => {
    const text = at("text").value.trim();
    if (text) send({ do: act, text });
  };
}
at("stop").onclick = () => send({ do: "stop" });
at("voice").onchange = () => send({ do: "set", voice: at("voice").value.trim() });
at("expression").onchange = () => send({ do: "set", expression: at("expression").value });

at("microphone").onchange = async () => {
  const mode = at("microphone").value;
  try {
    if (mode !== "off" && !microphone) {
      microphone = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true } });
      await connection.getTransceivers()[0].sender.replaceTrack(microphone.getAudioTracks()[0]);
    }
  } catch (problem) {
    at("microphone").value = "off";
    note("No microphone: " + problem.message);
    return;
  }
  if (microphone) microphone.getAudioTracks()[0].enabled = mode !== "off";
  send({ do: "microphone", mode });
};
