// Puts the page together: what was said, what was heard, and what happens when the line is lost.
(function () {
  "use strict";
  const ToSo = window.ToSo;
  const words = ToSo.words;

  const BANNER_AFTER = 1200;  // a server that restarts in a second is not worth a warning
  const BANNER_FOR = 4000;
  const TOAST_FOR = 6000;
  const CODE = /^[gv]_[A-Za-z0-9_-]{1,62}$/;
  const SIZES = ["", "large", "huge"];

  const find = (id) => document.getElementById(id);
  const store = new ToSo.Store();
  let everOpen = false;
  let banner = null;
  let toastEnds = null;
  let uploading = null;

  ToSo.translatePage();

  const toast = (text) => {
    if (!text) return;
    find("toast").textContent = text;
    window.clearTimeout(toastEnds);
    toastEnds = window.setTimeout(() => { find("toast").textContent = ""; }, TOAST_FOR);
  };

  const announce = (text, className) => {
    find("state").textContent = text;
    find("state").className = "state " + className;
    log.follow();
  };

  const log = new ToSo.Log(
    {
      scroll: find("scroll"), log: find("log"), typing: find("typing"),
      newer: find("newer"), welcome: find("welcome"),
    },
    (choice) => say("tap", { data: choice.data }, { text: choice.label }),
  );

  const drawOwn = () => {
    if (line.who !== null) store.said(line.who).forEach((entry) => log.own(entry));
  };

  // The frame goes into the outbox first and is drawn second: what is seen is already safe.
  const say = (type, fields, shown) => {
    const frame = line.post(type, fields);
    if (frame === null) {
      toast(line.who === null ? words.offline : words.full);
      return false;
    }
    const kind = type === "message" ? "text" : type;
    const entry = Object.assign({ id: frame.id, after: line.last, kind: kind, waiting: true, at: Date.now() }, shown);
    store.say(line.who, entry);
    log.own(entry);
    if (!line.isOpen()) log.mark(entry.id, { waiting: true, note: words.held });
    return true;
  };

  const settle = (id, refusal) => {
    if (!id) {
      toast(refusal);
      return;
    }
    store.settle(id, refusal);
    log.mark(id, { waiting: false, refusal: refusal });
  };

  // A printed guide or a village's poster: its QR code opens the talk at what it is about, once.
  const arrive = () => {
    const asked = new URLSearchParams(window.location.search).get("start");
    if (line.who === null || !CODE.test(asked || "")) return;
    window.history.replaceState(null, "", window.location.pathname);
    say("message", { text: "/start " + asked }, { text: words.scanned });
  };

  const lost = () => {
    if (banner !== null) return;
    banner = window.setTimeout(() => {
      announce(words.lost, "lost");
      store.outbox(line.who).forEach((frame) => log.mark(frame.id, { waiting: true, note: words.held }));
    }, BANNER_AFTER);
  };

  const open = () => {
    window.clearTimeout(banner);
    banner = null;
    const told = find("state").textContent === words.lost;
    if (everOpen && told) {
      announce(words.back, "back");
      window.setTimeout(() => { if (find("state").textContent === words.back) announce("", ""); }, BANNER_FOR);
    } else announce("", "");
    everOpen = true;
    if (line.who !== null) store.outbox(line.who).forEach((frame) => log.mark(frame.id, { waiting: true }));
    if (uploading && uploading.stopped) upload();
    arrive();
  };

  const hear = {
    open: open,
    lost: lost,
    reply: (frame) => log.reply(frame),
    ack: (id) => settle(id, null),
    refused: (id, text) => settle(id, text || words.refused),
    toast: toast,
    typing: () => log.type(),
    people: (frame) => { people.show(frame); arrive(); },
    reset: () => { find("toast").textContent = ""; log.clear(); drawOwn(); },
  };

  const scheme = window.location.protocol === "https:" ? "wss://" : "ws://";
  const line = new ToSo.Line(scheme + window.location.host + "/chat/ws", store, hear);

  const people = new ToSo.People(
    {
      panel: find("people"), strip: find("strip"), list: find("people-list"),
      mondayBox: find("monday-box"), monday: find("monday"),
    },
    (frame) => {
      if (!line.ask(frame)) toast(words.offline);
      else if (frame.type === "monday") log.stuck = true;  // whoever asks for the summary wants to see it
    },
    (hint) => { find("welcome-text").textContent = hint || words.welcome; },
  );

  // A file does not fit into the browser's small storage: a photo waits in memory, one at a time.
  const upload = async () => {
    const mine = uploading;
    mine.stopped = false;
    log.mark(mine.id, { waiting: true, note: words.uploading });
    let refusal = null;
    try {
      const form = new FormData();
      form.append("file", mine.file, "photo.jpg");
      const answer = await window.fetch("/chat/photo", { method: "POST", body: form, credentials: "same-origin" });
      if (answer.ok) {
        const media = (await answer.json()).media;
        log.remove(mine.id);
        uploading = null;
        if (mine.who === line.who) say("photo", { media: media }, { media: media });
        return;
      }
      if (answer.status === 413) refusal = words.uploadBig;
      else if (answer.status === 400 || answer.status === 415) refusal = words.uploadKind;
    } catch (error) {
      refusal = null;  // no line: tried again as soon as there is one
    }
    if (refusal) {
      uploading = null;
      log.mark(mine.id, { refusal: refusal });
      return;
    }
    mine.stopped = true;
    log.mark(mine.id, { waiting: true, note: words.uploadLost, action: { label: words.uploadAgain, run: upload } });
  };

  const sendPhoto = async (file) => {
    if (uploading) {
      toast(words.uploadFull);
      return;
    }
    if (file.type && file.type.indexOf("image/") !== 0) {
      toast(words.uploadKind);
      return;
    }
    uploading = { id: "upload-" + Date.now(), who: line.who, file: file };
    log.own({ id: uploading.id, after: line.last, kind: "photo", waiting: true });
    uploading.file = await ToSo.shrink(file);
    upload();
  };

  const composer = new ToSo.Composer(
    { form: find("form"), text: find("text"), photo: find("photo"), file: find("file") },
    (text) => say("message", { text: text }, { text: text }),
    sendPhoto,
  );

  Array.from(document.querySelectorAll("[data-say]")).forEach((button) => {
    button.addEventListener("click", () => {
      if (say("message", { text: button.textContent }, { text: button.textContent })) composer.text.focus();
    });
  });

  const showSize = () => { document.documentElement.className = SIZES[store.size] || ""; };
  find("size").addEventListener("click", () => {
    store.size = (store.size + 1) % SIZES.length;
    showSize();
    composer.grow();
    log.follow();
  });

  // Another tab of the same browser said something: show it here too.
  window.addEventListener("storage", (event) => {
    if (line.who !== null && store.isSaid(event.key)) {
      store.said(line.who).forEach((entry) => { log.own(entry); log.mark(entry.id, entry); });
    }
  });

  showSize();
  drawOwn();
  line.start();
})();
