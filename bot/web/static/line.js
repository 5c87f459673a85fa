// How does a frame reach the server exactly once, and how do its replies come back?
// The protocol is written down in docs/webchat.md.
(function () {
  "use strict";
  const ToSo = (window.ToSo = window.ToSo || {});

  const FIRST_WAIT = 500;
  const LONGEST_WAIT = 15000;
  const LIVED = 3000;         // a socket that dies younger counts as a failed attempt
  const ACK_WITHIN = 15000;   // an older unacknowledged frame means a dead line that looks alive
  const HIDDEN_FOR = 30000;
  const DEMO_WITHIN = 3000;
  const MOST_HELD = 50;

  // crypto.randomUUID is missing on old phones and on plain http.
  const uuid = () => {
    const bytes = window.crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => (byte + 256).toString(16).slice(1)).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  };

  class Line {
    // hear: { reply, ack, refused, toast, typing, people, reset, open, lost }
    constructor(address, store, hear) {
      this.address = address;
      this.store = store;
      this.hear = hear;
      this.who = store.demo ? null : "me";  // in the demo the server says whose talk this is
      this.last = 0;                        // per tab, in memory: a reload asks for the history again
      this.askedFrom = null;
      this.sent = {};
      this.failures = 0;
      this.socket = null;
      this.retry = null;
      this.hiddenAt = null;
    }

    start() {
      this._connect();
      window.setInterval(() => this._watch(), 2500);
      window.addEventListener("online", () => { if (!this.isOpen()) this._connect(); });
      window.addEventListener("pageshow", (event) => { if (event.persisted) this._lost(0); });
      document.addEventListener("visibilitychange", () => this._seen());
    }

    isOpen() {
      return this.socket !== null && this.socket.readyState === WebSocket.OPEN;
    }

    // Returns the frame, or null when too much is waiting already or nobody is speaking yet.
    post(type, fields) {
      if (this.who === null || this.store.outbox(this.who).length >= MOST_HELD) return null;
      const frame = Object.assign({ type: type, id: uuid() }, fields);
      this.store.hold(this.who, frame);
      if (this.isOpen()) this._transmit(frame);
      return frame;
    }

    // For the demo's own frames: worthless later, so never held.
    ask(frame) {
      if (!this.isOpen()) return false;
      this.socket.send(JSON.stringify(frame));
      return true;
    }

    _connect() {
      window.clearTimeout(this.retry);
      this._detach();
      const opened = Date.now();
      let socket;
      try {
        socket = new WebSocket(this.address);
      } catch (error) {
        this._lost(0);
        return;
      }
      this.socket = socket;
      socket.onopen = () => this._opened();
      socket.onmessage = (event) => this._heard(event.data);
      socket.onclose = () => this._lost(Date.now() - opened);
    }

    _detach() {
      const old = this.socket;
      this.socket = null;
      this.sent = {};
      if (!old) return;
      old.onopen = old.onmessage = old.onclose = null;
      old.close();
    }

    _opened() {
      this.hear.open();
      this._hello();
      if (!this.store.demo) {
        this._flush();
        return;
      }
      // Whose outbox may be sent is known after the people frame; none comes if the demo is over.
      const socket = this.socket;
      window.setTimeout(() => {
        if (this.socket !== socket || this.named === socket) return;
        this.store.demo = false;
        this._become("me");
        this._flush();
      }, DEMO_WITHIN);
    }

    _lost(lived) {
      this._detach();
      this.failures = lived > LIVED ? 0 : this.failures + 1;
      this.hear.lost();
      const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * Math.pow(2, this.failures));
      window.clearTimeout(this.retry);
      this.retry = window.setTimeout(() => this._connect(), wait * (0.5 + Math.random()));
      // The page gives the cookie; a server that no longer knows ours refuses the socket.
      if (this.failures % 4 === 3) window.fetch("/", { credentials: "same-origin" }).catch(() => null);
    }

    _watch() {
      const ids = Object.keys(this.sent);
      if (this.isOpen() && ids.some((id) => Date.now() - this.sent[id] > ACK_WITHIN)) this._lost(LIVED + 1);
    }

    _seen() {
      if (document.hidden) {
        this.hiddenAt = Date.now();
        return;
      }
      // Phones kill sleeping sockets without telling the page.
      if (this.hiddenAt !== null && Date.now() - this.hiddenAt > HIDDEN_FOR) this._connect();
      this.hiddenAt = null;
    }

    _hello() {
      this.helloFrom = this.last;
      this.ask({ type: "hello", after: this.last });
    }

    _transmit(frame) {
      this.sent[frame.id] = Date.now();
      this.socket.send(JSON.stringify(frame));
    }

    _flush() {
      if (this.who === null || !this.isOpen()) return;
      this.store.outbox(this.who).forEach((frame) => { if (!this.sent[frame.id]) this._transmit(frame); });
    }

    _become(who) {
      this.who = who;
      this._restart();
    }

    _restart() {
      this.last = 0;
      this.askedFrom = null;
      this.hear.reset();
    }

    _heard(data) {
      let frame;
      try {
        frame = JSON.parse(data);
      } catch (error) {
        return;
      }
      if (frame.type === "reply") this._reply(frame);
      else if (frame.type === "ack") this._settled(frame.id, null);
      else if (frame.type === "error") this._settled(frame.id, frame.text);
      else if (frame.type === "people") this._people(frame);
      else if (frame.type === "reset") this._reset(frame);
      else if (frame.type === "toast") this.hear.toast(frame.text);
      else if (frame.type === "typing") this.hear.typing();
    }

    _reply(frame) {
      if (frame.id <= this.last) return;
      const missing = this.last > 0 && frame.id > this.last + 1;
      if (missing && this.askedFrom !== this.last) {  // asked once: an old gap must not become a loop
        this.askedFrom = this.last;
        this._hello();
        return;
      }
      this.last = frame.id;
      this.hear.reply(frame);
    }

    _settled(id, refusal) {
      if (id) {
        delete this.sent[id];
        this.store.release(id);
      }
      if (refusal === null) this.hear.ack(id);
      else this.hear.refused(id, refusal);
    }

    _people(frame) {
      this.named = this.socket;
      this.store.demo = true;
      const who = "demo:" + frame.current;
      if (who !== this.who) {
        const asked = this.helloFrom > 0 || this.last > 0;  // our hello counted somebody else's replies
        this._become(who);
        if (asked) this._hello();
      }
      this.hear.people(frame);
      this._flush();
    }

    _reset(frame) {
      if (frame.forget && this.who !== null) this.store.forget(this.who);
      this._restart();
    }
  }

  ToSo.Line = Line;
})();
