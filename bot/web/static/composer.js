// How does a person write or choose a photo?
(function () {
  "use strict";
  const ToSo = (window.ToSo = window.ToSo || {});

  const LONG_SIDE = 1600;
  const SMALL_ENOUGH = 400000;

  const toJpeg = (canvas) => new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.82));

  // A photo of 5 MB over a village's line takes minutes. Drawing it anew also drops the place it was taken.
  // Browsers that would lose the photo's turn (before 2020) send it as it is.
  const shrink = async (file) => {
    const turns = window.CSS && CSS.supports && CSS.supports("image-orientation", "from-image");
    if (!window.createImageBitmap || !turns) return file;
    try {
      const image = await window.createImageBitmap(file);
      const scale = Math.min(1, LONG_SIDE / Math.max(image.width, image.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(image.width * scale);
      canvas.height = Math.round(image.height * scale);
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      const blob = await toJpeg(canvas);
      return blob && (blob.size < file.size || file.size > SMALL_ENOUGH) ? blob : file;
    } catch (error) {
      return file;
    }
  };

  class Composer {
    // parts: { form, text, photo, file }; onText(text) answers whether it was taken; onPhoto(file)
    constructor(parts, onText, onPhoto) {
      Object.assign(this, parts);
      this.onText = onText;
      this.onPhoto = onPhoto;
      this.form.addEventListener("submit", (event) => { event.preventDefault(); this._send(); });
      this.text.addEventListener("keydown", (event) => this._key(event));
      this.text.addEventListener("input", (event) => this._typed(event));
      window.addEventListener("resize", () => this.grow());
      this.photo.addEventListener("click", () => this.file.click());
      this.file.addEventListener("change", () => this._picked());
    }

    // Telex and Gboard end a word with Enter: while they compose, Enter is theirs.
    _key(event) {
      this.blind = event.keyCode === 229 && !event.isComposing;
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      this._send();
    }

    // Some phone keyboards name no key; the line break they put in is an Enter all the same.
    _typed(event) {
      if (this.blind && (event.inputType === "insertLineBreak" || event.inputType === "insertParagraph")) {
        this.text.value = this.text.value.replace(/\n$/, "");
        this._send();
      }
      this.grow();
    }

    grow() {
      this.text.style.height = "auto";
      this.text.style.height = (this.text.scrollHeight + this.text.offsetHeight - this.text.clientHeight) + "px";
    }

    _send() {
      const text = this.text.value.trim();
      if (text && this.onText(text)) this.text.value = "";
      this.grow();
      this.text.focus();
    }

    _picked() {
      const file = this.file.files[0];
      this.file.value = "";
      if (file) this.onPhoto(file);
    }
  }

  ToSo.shrink = shrink;
  ToSo.Composer = Composer;
})();
