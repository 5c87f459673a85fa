// How does one bubble look: text with our own links, a picture, a file, the bar of a guide's steps.
(function () {
  "use strict";
  const ToSo = (window.ToSo = window.ToSo || {});

  const LINK = /https?:\/\/[^\s<>"“”]+[^\s<>"“”.,;:!?)]/g;
  const STEP = /^\S+ (?:\d{1,2} \S+ )?(\d{1,2})\/(\d{1,2})\./;
  const SOUND = /\.(ogg|mp3|m4a)$/;
  const draw = {};

  const make = (tag, className, text) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text) node.textContent = text;
    return node;
  };

  // Only our own host becomes a link: a stranger's address in a relayed text stays plain words.
  const write = (node, text) => {
    let from = 0;
    text.replace(LINK, (address, at) => {
      const link = make("a", "", address);
      link.href = address;
      if (link.host !== window.location.host) return address;
      link.target = "_blank";
      link.rel = "noopener noreferrer";
      node.appendChild(document.createTextNode(text.slice(from, at)));
      node.appendChild(link);
      from = at + address.length;
      return address;
    });
    node.appendChild(document.createTextNode(text.slice(from)));
  };

  draw.photo = (bubble, media, grown) => {
    const words = make("p", "text", ToSo.words.myPhoto);
    if (media) {
      const image = make("img");
      image.alt = ToSo.words.myPhoto;
      image.onload = grown;
      image.onerror = () => bubble.replaceChild(words, image);  // photos are passed on, not kept
      image.src = "/media/" + encodeURIComponent(media);
      bubble.appendChild(image);
    } else bubble.appendChild(words);
  };

  draw.text = (bubble, text) => {
    const step = STEP.exec(text);
    if (step && Number(step[1]) <= Number(step[2])) {
      const bar = make("progress", "steps");
      bar.max = Number(step[2]);
      bar.value = Number(step[1]);
      bar.setAttribute("aria-hidden", "true");  // the sentence beside it says the same
      bubble.appendChild(bar);
    }
    const words = make("p", "text");
    const end = text.indexOf("\n");
    const heading = end > 0 ? text.slice(0, end) : "";
    if (heading && heading === heading.toUpperCase() && heading !== heading.toLowerCase()) {
      words.appendChild(make("strong", "", heading));
      write(words, text.slice(end));
    } else write(words, text);
    bubble.appendChild(words);
  };

  draw.picture = (bubble, frame, grown) => {
    const link = make("a", "picture");
    link.href = frame.picture;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    const image = make("img");
    image.alt = frame.alt || ToSo.words.picture;
    image.onload = grown;
    image.src = frame.picture;
    link.appendChild(image);
    bubble.appendChild(link);
  };

  // A step read aloud is played here; whoever's browser cannot play it still has the file below.
  draw.sound = (bubble, frame) => {
    if (!SOUND.test(frame.filename || "")) return;
    const player = make("audio", "sound");
    player.controls = true;
    player.preload = "none";
    player.src = frame.document;
    player.setAttribute("aria-label", ToSo.words.listen);
    bubble.appendChild(player);
  };

  draw.document = (bubble, frame) => {
    draw.sound(bubble, frame);
    const link = make("a", "document");
    link.href = frame.document;
    link.setAttribute("download", frame.filename || "");
    link.appendChild(make("span", "filename", frame.filename || ToSo.words.document));
    link.appendChild(make("span", "download", ToSo.words.download));
    bubble.appendChild(link);
  };

  ToSo.make = make;
  ToSo.draw = draw;
})();
