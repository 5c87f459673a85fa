// What does this browser remember between two visits?
// The outbox (frames the server has not acknowledged) and the person's own words, for display only.
(function () {
  "use strict";
  const ToSo = (window.ToSo = window.ToSo || {});

  const OUTBOX = "toso:outbox";
  const SAID = "toso:said";
  const DEMO = "toso:demo";
  const SIZE = "toso:size";
  const SAID_KEPT = 120;
  const SAID_DAYS = 7;
  const SECRET = /\d(?:[ .-]?\d){5,}/g;  // six digits and more: a code, a phone, an identity number

  class Store {
    constructor() {
      this.memory = {};  // used when the browser forbids or has filled its storage
    }

    _read(key, otherwise) {
      let raw = null;
      try {
        raw = window.localStorage.getItem(key);
      } catch (error) {
        raw = null;
      }
      if (Object.prototype.hasOwnProperty.call(this.memory, key)) raw = this.memory[key];
      if (raw === null) return otherwise;
      try {
        return JSON.parse(raw);
      } catch (error) {
        return otherwise;
      }
    }

    _write(key, value) {
      const raw = JSON.stringify(value);
      try {
        window.localStorage.setItem(key, raw);
        delete this.memory[key];
      } catch (error) {
        this.memory[key] = raw;
      }
    }

    // Every change reads first: tabs share one account and so one outbox.
    outbox(who) {
      return this._read(OUTBOX, []).filter((held) => held.who === who).map((held) => held.frame);
    }

    hold(who, frame) {
      this._write(OUTBOX, this._read(OUTBOX, []).concat([{ who: who, frame: frame }]));
    }

    release(id) {
      this._write(OUTBOX, this._read(OUTBOX, []).filter((held) => held.frame.id !== id));
    }

    said(who) {
      const oldest = Date.now() - SAID_DAYS * 86400000;
      return this._read(SAID, []).filter((entry) => entry.who === who && entry.at > oldest);
    }

    say(who, entry) {
      this._write(SAID, this._read(SAID, []).concat([Object.assign({ who: who }, entry)]).slice(-SAID_KEPT));
    }

    // Once the server has it, this copy is only a reminder: long numbers are not kept in the phone.
    settle(id, refusal) {
      this._write(SAID, this._read(SAID, []).map((entry) => {
        if (entry.id !== id) return entry;
        const text = (entry.text || "").replace(SECRET, "••••");
        return Object.assign({}, entry, { text: text, waiting: false, refusal: refusal || null });
      }));
    }

    // What was not sent yet stays: forgetting the past must not lose a message on its way.
    forget(who) {
      this._write(SAID, this._read(SAID, []).filter((entry) => entry.who !== who || entry.waiting));
    }

    isSaid(key) {
      return key === SAID;
    }

    get demo() {
      return this._read(DEMO, false);
    }

    set demo(value) {
      this._write(DEMO, value);
    }

    get size() {
      return this._read(SIZE, 0);
    }

    set size(value) {
      this._write(SIZE, value);
    }
  }

  ToSo.Store = Store;
})();
