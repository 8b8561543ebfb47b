// A place to drop a photo on, a webcam and a microphone. What was dropped, taken or recorded goes to Python as a custom
// message {name} with one buffer. Nothing goes anywhere else.

const STYLE = `
.lp-capture{font:13px/1.4 var(--jp-ui-font-family,system-ui,sans-serif);color:var(--jp-ui-font-color1,#222)}
.lp-capture .lp-drop{border:1.5px dashed var(--jp-border-color1,#aab2bb);border-radius:8px;padding:9px 10px;
  text-align:center;color:var(--jp-ui-font-color2,#5b6570)}
.lp-capture .lp-drop.lp-over{border-color:#1769c2;background:rgba(23,105,194,.1)}
.lp-capture button{font:inherit;padding:4px 11px;margin:2px 4px 2px 0;border:1px solid var(--jp-border-color1,#aab2bb);
  border-radius:6px;background:var(--jp-layout-color2,#f2f4f6);color:inherit;cursor:pointer}
.lp-capture button:disabled{opacity:.5;cursor:default}
.lp-capture video{display:block;width:100%;max-height:240px;margin:6px 0;border-radius:8px;background:#000;
  transform:scaleX(-1)}
.lp-capture [hidden]{display:none!important}
.lp-capture .lp-told:empty{display:none}
.lp-capture .lp-told{color:#b3261e}`;

function make(parent, tag, words, attributes = {}) {
  const element = document.createElement(tag);
  if (words) element.textContent = words;
  Object.assign(element, attributes);
  parent.appendChild(element);
  return element;
}

async function send(model, blob, name, told) {
  if (blob.size > model.get("most")) {
    told.textContent = `This is ${(blob.size / 1e6).toFixed(0)} MB: ${(model.get("most") / 1e6).toFixed(0)} MB are the most that travel to a notebook.`;
    return;
  }
  told.textContent = "";
  model.send({ name }, undefined, [await blob.arrayBuffer()]);
}

async function opened(wanted, told) {
  try {
    return await navigator.mediaDevices.getUserMedia(wanted);
  } catch (problem) {
    const what = wanted.video ? "webcam" : "microphone";
    told.textContent = `The browser gives no ${what} (${problem.name || problem}): allow it for this page, or choose a file.`;
    return null;
  }
}

function close(stream) {
  if (stream) stream.getTracks().forEach((track) => track.stop());
}

function photo(model, box, told) {
  const place = make(box, "div", "Drop a photo here, or ", { className: "lp-drop" });
  const take = make(place, "button", "take one by webcam", { type: "button" });
  const video = make(box, "video", "", { hidden: true, muted: true, autoplay: true, playsInline: true });
  const row = make(box, "div", "", { hidden: true });
  const snap = make(row, "button", "Take the photo", { type: "button" });
  const leave = make(row, "button", "Cancel", { type: "button" });
  let stream = null;
  const show = (on) => { video.hidden = row.hidden = !on; take.disabled = on; };
  const end = () => { close(stream); stream = video.srcObject = null; show(false); };
  take.onclick = async () => {
    told.textContent = "";
    stream = await opened({ video: { width: { ideal: 1280 }, facingMode: "user" } }, told);
    if (stream) { video.srcObject = stream; show(true); }
  };
  leave.onclick = end;
  snap.onclick = () => {
    if (!video.videoWidth) return;
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    canvas.getContext("2d").drawImage(video, 0, 0);
    canvas.toBlob((blob) => { end(); send(model, blob, "webcam.jpg", told); }, "image/jpeg", 0.93);
  };
  place.ondragover = (event) => { event.preventDefault(); event.stopPropagation(); place.classList.add("lp-over"); };
  place.ondragleave = () => place.classList.remove("lp-over");
  place.ondrop = (event) => {
    event.preventDefault();
    event.stopPropagation();
    place.classList.remove("lp-over");
    const file = event.dataTransfer.files[0];
    if (file) send(model, file, file.name, told);
    else told.textContent = "That was no file: drop a picture from your disk.";
  };
  return end;
}

function sound(model, box, told) {
  const row = make(box, "div", "");
  const record = make(row, "button", "● Record", { type: "button" });
  const clock = make(row, "span", "");
  let stream = null, recorder = null, timer = null;
  const end = () => {
    clearInterval(timer);
    if (recorder && recorder.state !== "inactive") recorder.stop();
    close(stream);
    stream = recorder = null;
    record.textContent = "● Record";
    clock.textContent = "";
  };
  record.onclick = async () => {
    if (recorder) return end();
    told.textContent = "";
    stream = await opened({ audio: true }, told);
    if (!stream) return;
    const pieces = [];
    recorder = new MediaRecorder(stream);
    const type = recorder.mimeType;
    recorder.ondataavailable = (event) => pieces.push(event.data);
    recorder.onstop = () => {
      const ending = type.includes("mp4") ? "m4a" : type.includes("ogg") ? "ogg" : "webm";
      send(model, new Blob(pieces, { type }), `recording.${ending}`, told);
    };
    recorder.start();
    const begin = Date.now();
    const tick = () => { clock.textContent = ` ${((Date.now() - begin) / 1000).toFixed(0)} s`; };
    tick();
    timer = setInterval(tick, 250);
    record.textContent = "■ Stop recording";
  };
  return end;
}

function render({ model, el }) {
  make(el, "style", STYLE);
  const box = make(el, "div", "", { className: "lp-capture" });
  const told = document.createElement("div");
  told.className = "lp-told";
  const end = (model.get("what") === "photo" ? photo : sound)(model, box, told);
  box.appendChild(told);
  return end;
}

export default { render };
