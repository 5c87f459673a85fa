// Whom can a newcomer try to be? (Only in the demo: the server sends no people frame otherwise.)
(function () {
  "use strict";
  const ToSo = (window.ToSo = window.ToSo || {});

  class People {
    // parts: { panel, strip, list, mondayBox, monday }; ask(frame) sends, onHint(text) tells the page what to try
    constructor(parts, ask, onHint) {
      Object.assign(this, parts);
      this.ask = ask;
      this.onHint = onHint;
      this.monday.addEventListener("click", () => this.ask({ type: "monday" }));
    }

    show(frame) {
      const focused = document.activeElement ? document.activeElement.dataset.key : null;
      this.list.textContent = "";
      frame.people.forEach((person) => this.list.appendChild(this._row(person, person.key === frame.current)));
      this.mondayBox.hidden = !frame.monday;
      this.panel.hidden = false;
      document.body.classList.add("demo");
      const current = frame.people.filter((person) => person.key === frame.current)[0];
      this.onHint(current ? current.hint : null);
      this._settle(focused);
    }

    _row(person, current) {
      const row = ToSo.make("li");
      const button = ToSo.make("button", current ? "person current" : "person");
      button.type = "button";
      button.dataset.key = person.key;
      button.setAttribute("aria-pressed", current ? "true" : "false");
      const face = ToSo.make("span", "face", person.name.trim().split(/\s+/).pop().charAt(0));
      face.setAttribute("aria-hidden", "true");
      button.appendChild(face);
      const who = ToSo.make("span", "who");
      who.appendChild(ToSo.make("span", "name", person.name));
      who.appendChild(ToSo.make("span", "role", person.role));
      if (person.hint) who.appendChild(ToSo.make("span", "hint", person.hint));
      button.appendChild(who);
      if (person.waiting > 0) button.appendChild(this._badge(person.waiting));
      button.addEventListener("click", () => {
        if (!current) this.ask({ type: "become", key: person.key });
      });
      row.appendChild(button);
      return row;
    }

    _badge(waiting) {
      const badge = ToSo.make("span", "badge");
      const number = ToSo.make("span", "", waiting > 99 ? "99+" : String(waiting));
      number.setAttribute("aria-hidden", "true");
      badge.appendChild(number);
      badge.appendChild(ToSo.make("span", "hidden", ToSo.words.waiting.replace("{n}", waiting)));
      badge.title = ToSo.words.waiting.replace("{n}", waiting);
      return badge;
    }

    // The list was drawn anew: give the keyboard its place back, bring the current person into view.
    _settle(focused) {
      const buttons = Array.from(this.list.querySelectorAll("button"));
      const held = buttons.filter((button) => button.dataset.key === focused)[0];
      if (held && focused) held.focus();
      const current = this.list.querySelector(".current");
      if (!current) return;
      const row = current.parentNode;
      this.strip.scrollLeft = row.offsetLeft - this.strip.offsetLeft - 12;
    }
  }

  ToSo.People = People;
})();
