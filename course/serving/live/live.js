// The page's side of a live session: a photo and a consent in, a WebRTC connection to this machine, words over its
// data channel. No server but this page's own is asked for anything.
"use strict";

const at = id => document.getElementById(id);
const PICTURES = { "image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp" };
const HINT = at("hint").textContent;
let connection = null, channel = null, session = null, microphone = null, chosen = null;

function status(words, problem = false) {
  at("status").textContent = words;
  at("status").classList.toggle("problem", problem);
}

function note(words, kind = "note") {
  const line = document.createElement("li"), log = at("log");
  line.textContent = words;
  line.className = kind;
  log.append(line);
  log.hidden = false;
  while (log.children.length > 100) log.firstChild.remove();
  log.scrollTop = log.scrollHeight;
}

function headers(more = {}) {
  return at("key").value ? { ...more, Authorization: "Bearer " + at("key").value } : more;
}

async function fetched(path, options) {
  const answer = await fetch(path, { ...options, headers: headers(options.headers) }).catch(() => {
    throw new Error("The server does not answer: is it still running?");
  });
  const told = await answer.json().catch(() => ({}));
  if (answer.status === 401) at("keyline").hidden = false;
  if (!answer.ok) throw new Error(told.description || "the server answers " + answer.status);
  return told;
}

// ---------------------------------------------------------------- the photo

function choose(file) {
  if (!PICTURES[file.type]) {
    status("A photo is a JPEG, PNG or WebP file: " + file.name + " is none.", true);
    return;
  }
  chosen = file;
  if (at("photo").src.startsWith("blob:")) URL.revokeObjectURL(at("photo").src);
  at("photo").src = URL.createObjectURL(file);
  at("photo").alt = "The photo that was chosen: " + file.name;
  at("hint").textContent = file.name;
  status("Does the person in it agree, or is it nobody who lives? Say so, and start.");
  at("consent").checked = false;  // it was about another photo
  at("start").disabled = true;
}

at("photo").onerror = () => {
  if (!chosen) return;
  chosen = null;
  at("photo").src = "/live/photo.jpg";
  at("hint").textContent = HINT;
  at("file").value = "";
  status("This file cannot be shown as a picture: choose another.", true);
};
at("file").onchange = () => { if (at("file").files[0]) choose(at("file").files[0]); };
for (const kind of ["dragover", "dragleave", "drop"]) {
  window.addEventListener(kind, event => {  // a photo that is dropped beside must not replace the page
    event.preventDefault();
    at("stage").classList.toggle("over", kind === "dragover" && !connection);
    if (kind === "drop" && !connection && event.dataTransfer.files[0]) choose(event.dataTransfer.files[0]);
  });
}
at("consent").onchange = () => { at("start").disabled = !at("consent").checked; };
const named = new Intl.DisplayNames(["en"], { type: "language" });
for (const option of at("language").options) {
  option.value = option.textContent;
  option.textContent = named.of(option.value);
}

async function upload(file) {
  const form = new FormData();
  form.append("image", file, "photo" + PICTURES[file.type]);
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
  at("before").disabled = true;
  at("stage").classList.add("busy");
  at("stage").setAttribute("aria-busy", "true");
  status("The photo is taken apart, and a voice is loaded: some seconds.");
  try {
    await begin();
  } catch (problem) {
    finish(problem.message, true);
  }
};

async function begin() {
  const image = chosen ? await upload(chosen) : null;
  connection = new RTCPeerConnection({ iceServers: [] });
  connection.addTransceiver("audio", { direction: "sendrecv" });
  connection.addTransceiver("video", { direction: "recvonly" });
  const own = connection, ended = () => {
    if (connection === own) finish("The connection has ended: is the server still running?", true);
  };
  channel = connection.createDataChannel("words");
  channel.onopen = ready;
  channel.onclose = ended;
  channel.onmessage = event => told(JSON.parse(event.data));
  const stream = new MediaStream();
  at("face").srcObject = stream;
  connection.ontrack = event => {
    // both come in one stream, which the browser plays in step
    at("face").srcObject = event.streams[0] || (stream.addTrack(event.track), stream);
  };
  connection.onconnectionstatechange = () => {
    if (["failed", "closed"].includes(own.connectionState)) ended();
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
  at("stage").classList.remove("busy");
  at("stage").removeAttribute("aria-busy");
  at("photo").hidden = at("hint").hidden = true;
  at("before").classList.add("gone");
  at("during").disabled = false;
  at("text").focus({ preventScroll: true });
  at("face").play().catch(() => note("Click on the picture to hear it."));
  status("Live.");
}

function finish(words, problem = false) {
  const closed = connection, was = !at("during").disabled;
  if (microphone) microphone.getTracks().forEach(track => track.stop());
  connection = channel = session = microphone = null;
  if (closed) closed.close();
  at("face").classList.remove("on");
  at("face").srcObject = null;
  at("stage").classList.remove("live", "busy");
  at("stage").removeAttribute("aria-busy");
  at("photo").hidden = at("hint").hidden = false;
  at("before").classList.remove("gone");
  at("before").disabled = false;
  at("during").disabled = true;
  at("microphone").value = "off";
  at("start").disabled = !at("consent").checked;
  if (was) at("start").focus({ preventScroll: true });
  status(words, problem);
}

function leave() {
  if (session) fetch("/live/sessions/" + session, { method: "DELETE", keepalive: true, headers: headers() });
}

at("face").onclick = () => at("face").play();
at("end").onclick = () => { leave(); finish("Ended."); };
window.addEventListener("pagehide", leave);

// ---------------------------------------------------------------- words

function send(message) {
  if (channel && channel.readyState === "open") channel.send(JSON.stringify(message));
}

function told({ kind, words }) {
  if (kind === "state") status((words.busy ? "Speaking" : "Live") + ", painted at " + words.quality + ".");
  else if (kind === "says") note("“" + words + "”", "says");
  else if (kind === "note" || kind === "interrupted") note(words);
  document.body.dataset[kind] = typeof words === "string" ? words : JSON.stringify(words);
}

function submit(act) {
  const text = at("text").value.trim();
  at("text").focus({ preventScroll: true });
  if (!text) return;
  if (act === "ask") {
    note(text, "you");
    status("Waiting for an answer.");
  }
  send({ do: act, text });
  at("text").value = "";
}

for (const act of ["say", "ask"]) at(act).onclick = () => submit(act);
at("text").onkeydown = event => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  submit(event.ctrlKey || event.metaKey ? "say" : "ask");
};
at("during").addEventListener("keydown", event => { if (event.key === "Escape") send({ do: "stop" }); });
at("stop").onclick = () => send({ do: "stop" });
at("voice").onchange = () => send({ do: "set", voice: at("voice").value.trim() });
at("expression").onchange = () => send({ do: "set", expression: at("expression").value });

const NO_MICROPHONE = {
  NotAllowedError: "The browser does not give the microphone: allow it for this page, beside the address.",
  NotFoundError: "No microphone was found: connect one, and choose again.",
  NotReadableError: "Another program has the microphone: close it, and choose again.",
};

at("microphone").onchange = async () => {
  const mode = at("microphone").value;
  try {
    if (mode !== "off" && !microphone) {
      // without echo cancellation the face would be stopped by its own voice from loudspeakers
      microphone = await navigator.mediaDevices.getUserMedia({
        audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } });
      await connection.getTransceivers()[0].sender.replaceTrack(microphone.getAudioTracks()[0]);
    }
  } catch (problem) {
    at("microphone").value = "off";
    const words = NO_MICROPHONE[problem.name] || "There is no microphone: " + problem.message;
    status(words, true);
    note(words);
    return;
  }
  if (microphone) microphone.getAudioTracks()[0].enabled = mode !== "off";
  send({ do: "microphone", mode });
};
