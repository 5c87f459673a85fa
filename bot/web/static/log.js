// Where does a bubble stand, which choices are the newest, and what is in view?
(function () {
  "use strict";
  const ToSo = (window.ToSo = window.ToSo || {});

  const TAP_TWICE = 1000;
  const TYPING_FOR = 8000;
  const QUIET_FOR = 600;
  const NOTE_AFTER = 1000;
  const make = ToSo.make;
  const draw = ToSo.draw;

  const before = (one, other) => {
    for (let i = 0; i < one.length; i += 1) {
      if (one[i] !== other[i]) return one[i] < other[i];
    }
    return false;
  };

  class Log {
    // parts: { scroll, log, typing, newer, welcome }; onTap(choice, button)
    constructor(parts, onTap) {
      Object.assign(this, parts);
      this.onTap = onTap;
      this.stuck = true;
      this.scroll.addEventListener("scroll", () => this._scrolled());
      window.addEventListener("resize", () => this.follow());
      this.newer.addEventListener("click", () => this._toEnd());
      this.clear();
    }

    clear() {
      this.log.textContent = "";
      this.mine = {};
      this.turns = [];
      this.count = 0;
      this.firstReply = null;
      this.loading = true;
      this.stuck = true;
      this.newest = null;
      this.newer.hidden = true;
      this.typing.hidden = true;
      this.log.setAttribute("aria-live", "off");  // the history is not read aloud, only what comes after it
      this._settleSoon();
    }

    // entry: { id, after, kind, text, media, waiting, refusal }
    own(entry) {
      if (this.mine[entry.id]) return;
      const turn = make("div", "turn mine");
      turn.appendChild(make("span", "hidden", ToSo.words.me));
      const bubble = make("div", entry.kind === "tap" ? "bubble tapped" : "bubble");
      if (entry.kind === "photo") draw.photo(bubble, entry.media, () => this.follow());
      else bubble.appendChild(make("p", "text", entry.text));
      turn.appendChild(bubble);
      turn.appendChild(make("p", "note"));
      this.mine[entry.id] = turn;
      this._place(turn, [entry.after, 1]);
      this.mark(entry.id, entry);
      if (!this.loading) this._toEnd();
    }

    // state: { waiting, refusal, note, action: {label, run} }
    mark(id, state) {
      const turn = this.mine[id];
      if (!turn) return;
      turn.classList.toggle("waiting", Boolean(state.waiting));
      turn.classList.toggle("refused", Boolean(state.refusal));
      const note = turn.querySelector(".note");
      note.textContent = state.refusal || state.note || "";
      window.clearTimeout(turn.noting);
      if (state.waiting && !state.note) {  // said only if it takes a while
        turn.noting = window.setTimeout(() => {
          note.textContent = ToSo.words.sending;
          this.follow();
        }, NOTE_AFTER);
      }
      if (state.action) {
        const button = make("button", "again", state.action.label);
        button.type = "button";
        button.addEventListener("click", state.action.run);
        note.appendChild(button);
      }
      this.follow();
    }

    remove(id) {
      const turn = this.mine[id];
      if (!turn) return;
      delete this.mine[id];
      this._drop(turn);
    }

    reply(frame) {
      if (this.firstReply === null) this._startAt(frame.id);
      if (frame.echo && frame.echo.id && frame.echo.text) this._echo(frame);
      this.typing.hidden = true;
      const empty = !frame.text && !frame.picture && !frame.document;
      if (empty) return;
      const turn = make("div", "turn bot");
      turn.appendChild(make("span", "hidden", ToSo.words.bot));
      const bubble = make("div", "bubble");
      if (frame.picture) draw.picture(bubble, frame, () => this.follow());
      if (frame.text) draw.text(bubble, frame.text);
      if (frame.document) draw.document(bubble, frame);
      turn.appendChild(bubble);
      if (frame.choices && frame.choices.length) this._choices(turn, frame.choices);
      const follow = this.loading || this.stuck;
      this._place(turn, [frame.id, 0]);
      if (this.loading) return;
      if (follow) this._toEnd();
      else this.newer.hidden = false;
    }

    // Words said on another device of the same person, or in another tab.
    _echo(frame) {
      this.own({ id: frame.echo.id, after: frame.id - 1, kind: frame.echo.kind, text: frame.echo.text });
    }

    _choices(turn, choices) {
      const row = make("div", "choices");
      row.setAttribute("role", "group");
      row.setAttribute("aria-label", ToSo.words.choices);
      choices.forEach((choice) => {
        const button = make("button", "choice", choice.label);
        button.type = "button";
        button.addEventListener("click", (event) => {
          // The answer may slide its own choices under a finger that is still tapping twice.
          if (event.detail < 2) this._tapped(choice, button, row);
        });
        row.appendChild(button);
      });
      turn.appendChild(row);
    }

    _tapped(choice, button, row) {
      const now = Date.now();
      if (button.tappedAt && now - button.tappedAt < TAP_TWICE) return;
      button.tappedAt = now;
      if (!this.onTap(choice)) return;
      Array.from(row.children).forEach((other) => other.classList.toggle("chosen", other === button));
    }

    // Own words kept from before the oldest reply still known would stand there without an answer.
    _startAt(id) {
      this.firstReply = id;
      this.turns.filter((turn) => turn.at[1] === 1 && turn.at[0] < id - 1 && !turn.classList.contains("waiting"))
        .forEach((turn) => this._drop(turn));
    }

    _drop(turn) {
      this.turns.splice(this.turns.indexOf(turn), 1);
      this.log.removeChild(turn);
    }

    _place(turn, at) {
      this.count += 1;
      turn.at = at.concat([this.count]);
      let index = this.turns.length;
      while (index > 0 && before(turn.at, this.turns[index - 1].at)) index -= 1;
      this.log.insertBefore(turn, index < this.turns.length ? this.turns[index] : null);
      this.turns.splice(index, 0, turn);
      this.welcome.hidden = true;
      this._quieten();
      if (this.loading) this._settleSoon();
    }

    _quieten() {
      const rows = this.log.querySelectorAll(".choices");
      const newest = rows.length ? rows[rows.length - 1] : null;
      if (newest === this.newest) return;
      Array.from(rows).forEach((row) => row.classList.toggle("old", row !== newest));
      this.newest = newest;
    }

    _settleSoon() {
      window.clearTimeout(this.settling);
      this.settling = window.setTimeout(() => {
        this.loading = false;
        this.welcome.hidden = this.turns.length > 0;
        this.log.setAttribute("aria-live", "polite");
        this._toEnd();
      }, QUIET_FOR);
      this.scroll.scrollTop = this.scroll.scrollHeight;
    }

    type() {
      this.typing.hidden = false;
      if (this.stuck) this.scroll.scrollTop = this.scroll.scrollHeight;
      window.clearTimeout(this.typingEnds);
      this.typingEnds = window.setTimeout(() => { this.typing.hidden = true; }, TYPING_FOR);
    }

    _scrolled() {
      const rest = this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight;
      this.stuck = rest < 90;
      if (this.stuck) this.newer.hidden = true;
    }

    // Something grew (a picture came, a line of words below): whoever was at the end stays at the end.
    follow() {
      if (this.stuck || this.loading) this._toEnd();
    }

    // A reply taller than the screen is shown from its first line, not from its last.
    _toEnd() {
      const newest = this.turns[this.turns.length - 1];
      const tall = newest && newest.offsetHeight > this.scroll.clientHeight - 24;
      this.scroll.scrollTop = tall ? newest.offsetTop - 12 : this.scroll.scrollHeight;
      this.newer.hidden = true;
    }
  }

  ToSo.Log = Log;
})();
