// The library of pictures as a dialogue: choose one, or upload one and say what it shows. Also the cover's field of a
// form (select[data-pictures]) and the main point of a picture on its own page (img[data-focal]).
(() => {
  const LIBRARY = "/quan-tri/news/picture/kho/";
  const MEGABYTES = 10;
  const KINDS = ["image/jpeg", "image/png", "image/webp", "image/gif"];
  const SESSION_OVER =
    "Phiên đăng nhập đã hết hạn. Hãy mở thẻ mới để đăng nhập lại, rồi quay lại đây bấm lần nữa; bài đang viết vẫn còn.";

  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name in element && name !== "list") element[name] = value;
      else element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  }

  // Answers {ok, ...what the server said}; never throws.
  function send(address, fields, onProgress = () => {}) {
    return new Promise((done) => {
      const request = new XMLHttpRequest();
      const failed = (sentence) => done({ ok: false, errors: [sentence] });
      request.open(fields ? "POST" : "GET", address);
      request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(loaded / total));
      request.addEventListener("error", () => failed("Không kết nối được với máy chủ. Hãy thử lại."));
      request.addEventListener("load", () => {
        try {
          done({ ok: request.status < 300, errors: [], ...JSON.parse(request.responseText) });
        } catch {
          if (request.status === 413 || request.status === 400) failed(`Ảnh nặng hơn ${MEGABYTES} MB.`);
          else failed(request.status < 500 ? SESSION_OVER : "Máy chủ đang bận. Hãy thử lại sau ít phút.");
        }
      });
      if (!fields) return request.send();
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) form.append(name, value);
      request.setRequestHeader("X-CSRFToken", document.querySelector("[name=csrfmiddlewaretoken]").value);
      request.send(form);
    });
  }

  const asAddress = (file) =>
    new Promise((done) => {
      const reader = new FileReader();
      reader.addEventListener("load", () => done(reader.result));
      reader.readAsDataURL(file);
    });

  // Lets a person point at the main thing of `image`; `x` and `y` are the number boxes that keep it.
  function focal(image, x, y) {
    const mark = make("span", { className: "focal-mark" });
    const frame = make("span", { className: "focal" });
    image.replaceWith(frame);
    frame.append(image, mark);
    const show = () => {
      mark.style.left = `${x.value || 50}%`;
      mark.style.top = `${y.value || 50}%`;
    };
    image.addEventListener("click", ({ offsetX, offsetY }) => {
      x.value = Math.round((offsetX / image.clientWidth) * 100);
      y.value = Math.round((offsetY / image.clientHeight) * 100);
      show();
    });
    x.addEventListener("input", show);
    y.addEventListener("input", show);
    show();
    return show;
  }

  const field = (text, input, hint = "") =>
    make("label", { className: "pictures-field" }, make("span", {}, text), input, make("small", {}, hint));

  class Dialogue {
    constructor() {
      this.file = make("input", { type: "file", accept: KINDS.join(","), id: "pictures-file" });
      this.query = make("input", { type: "search", placeholder: "Tìm trong kho ảnh", ariaLabel: "Tìm trong kho ảnh" });
      this.list = make("ul", { className: "pictures-list" });
      this.more = make("button", { type: "button", className: "button", hidden: true }, "Xem thêm");
      this.image = make("img", { alt: "" });
      this.alt = make("textarea", { rows: 2, maxLength: 300 });
      this.decorative = make("input", { type: "checkbox" });
      this.caption = make("input", { type: "text", maxLength: 300 });
      this.credit = make("input", { type: "text", maxLength: 200 });
      this.x = make("input", { type: "number", min: 0, max: 100, value: 50 });
      this.y = make("input", { type: "number", min: 0, max: 100, value: 50 });
      this.progress = make("progress", { max: 1, value: 0, hidden: true, ariaLabel: "Đang tải ảnh lên" });
      this.errors = make("p", { className: "errornote", hidden: true, role: "alert" });
      this.use = make("button", { type: "submit", className: "default" }, "Dùng ảnh này");
      this.build();
      this.listen();
    }

    build() {
      this.drop = make("label", { className: "pictures-drop", htmlFor: "pictures-file" }, make("strong", {}, "Tải ảnh mới lên"),
        make("span", {}, ` Kéo thả, dán (Ctrl+V) hoặc chọn tệp. JPEG, PNG, WebP, GIF; tối đa ${MEGABYTES} MB.`), this.file);
      const points = make("div", { className: "pictures-points" },
        field("Điểm chính, từ trái (%)", this.x), field("Từ trên xuống (%)", this.y));
      this.panel = make("form", { className: "pictures-panel", hidden: true, noValidate: true },
        make("div", { className: "pictures-preview" }, this.image),
        make("small", {}, "Bấm vào chỗ quan trọng nhất: chỗ ấy không bị cắt khi ảnh hiện ở ô nhỏ."),
        field("Ảnh cho thấy gì?", this.alt, "Đọc cho người không nhìn thấy ảnh."),
        make("label", { className: "pictures-check" }, this.decorative, " Ảnh chỉ để trang trí"),
        field("Chú thích", this.caption), field("Nguồn ảnh", this.credit, "Người chụp hoặc nơi cung cấp."), points,
        make("div", { className: "pictures-actions" }, this.errors, this.progress, this.use));
      const close = make("button", { type: "button", className: "pictures-close", ariaLabel: "Đóng" }, "×");
      close.addEventListener("click", () => this.box.close());
      this.box = make("dialog", { className: "pictures", ariaLabel: "Kho ảnh" },
        make("div", { className: "pictures-head" }, make("h2", {}, "Kho ảnh"), close),
        make("div", { className: "pictures-body" },
          make("div", { className: "pictures-shelf" }, this.drop, this.query, this.list, this.more), this.panel));
      document.body.append(this.box);
      this.showPoint = focal(this.image, this.x, this.y);
    }

    listen() {
      this.file.addEventListener("change", () => this.file.files[0] && this.bring(this.file.files[0]));
      this.box.addEventListener("paste", ({ clipboardData }) => this.bringFrom(clipboardData));
      this.box.addEventListener("dragover", (event) => event.preventDefault());
      this.box.addEventListener("drop", (event) => {
        event.preventDefault();
        this.bringFrom(event.dataTransfer);
      });
      this.query.addEventListener("input", () => {
        clearTimeout(this.waiting);
        this.waiting = setTimeout(() => this.load(1), 250);
      });
      this.more.addEventListener("click", () => this.load(this.page + 1));
      this.decorative.addEventListener("change", () => this.dim());
      this.panel.addEventListener("submit", (event) => {
        event.preventDefault();
        this.finish();
      });
      this.box.addEventListener("close", () => this.done?.(null));
    }

    bringFrom(transfer) {
      const [file] = [...transfer.files].filter(({ type }) => type.startsWith("image/"));
      if (file) this.bring(file);
    }

    dim() {
      this.alt.disabled = this.decorative.checked;
      if (this.decorative.checked) this.alt.value = "";
    }

    complain(...sentences) {
      this.errors.textContent = sentences.join(" ");
      this.errors.hidden = !sentences.length;
    }

    async bring(file) {
      this.fill({ source: await asAddress(file), file });
      if (!KINDS.includes(file.type)) this.complain("Chỉ nhận ảnh JPEG, PNG, WebP hoặc GIF.");
      else if (file.size > MEGABYTES * 1024 * 1024) this.complain(`Ảnh nặng hơn ${MEGABYTES} MB. Hãy giảm dung lượng.`);
      this.alt.focus();
    }

    fill({ source, file = null, picture = {} }) {
      this.picked = { file, picture };
      this.panel.hidden = false;
      this.image.src = source;
      for (const name of ["alt", "caption", "credit"]) this[name].value = picture[name] ?? "";
      this.decorative.checked = picture.is_decorative ?? false;
      this.x.value = picture.focal_x ?? 50;
      this.y.value = picture.focal_y ?? 50;
      const isOpen = file ? true : this.may.change;
      for (const input of [this.alt, this.decorative, this.credit, this.x, this.y]) input.disabled = !isOpen;
      if (isOpen) this.dim();
      this.showPoint();
      this.complain();
      for (const item of this.list.children) item.firstChild.ariaPressed = String(item.picture?.id === picture.id);
      this.panel.scrollIntoView({ block: "nearest" });
    }

    async load(page) {
      const answer = await send(`${LIBRARY}?page=${page}&q=${encodeURIComponent(this.query.value)}`);
      if (!answer.ok) return this.list.replaceChildren(make("li", { className: "errornote" }, answer.errors.join(" ")));
      [this.page, this.may] = [answer.page, answer.may];
      this.more.hidden = answer.page >= answer.pages;
      this.drop.hidden = !answer.may.add;
      const items = answer.pictures.map((picture) => this.item(picture));
      if (page === 1) this.list.replaceChildren(...items);
      else this.list.append(...items);
      if (!this.list.children.length) this.list.append(make("li", {}, "Chưa có ảnh nào."));
    }

    item(picture) {
      const image = make("img", { src: picture.small, alt: "", loading: "lazy" });
      const button = make("button", { type: "button", ariaPressed: "false" }, image, make("span", {}, picture.name));
      button.addEventListener("click", () => this.fill({ source: picture.large, picture }));
      return Object.assign(make("li", {}, button), { picture });
    }

    said() {
      const { alt, caption, credit, x, y } = this;
      const said = { alt: alt.value, credit: credit.value, focal_x: x.value, focal_y: y.value };
      if (this.decorative.checked) said.is_decorative = "on";
      // The caption of a picture that is in the library already belongs to this use of it alone.
      return { ...said, caption: this.picked.file ? caption.value : this.picked.picture.caption };
    }

    async finish() {
      if (!this.alt.value.trim() && !this.decorative.checked) {
        this.complain("Hãy cho biết ảnh chụp gì, hoặc đánh dấu “Ảnh chỉ để trang trí”.");
        return this.alt.focus();
      }
      this.use.disabled = true;
      const answer = await this.sent();
      this.use.disabled = false;
      this.progress.hidden = true;
      if (!answer.ok) return this.complain(...answer.errors);
      this.done?.({ ...answer.picture, caption: this.caption.value.trim() });
      this.done = null;
      this.box.close();
    }

    sent() {
      const { file, picture } = this.picked;
      if (!file && !this.may.change) return { ok: true, picture };
      if (!file) return send(`${LIBRARY}${picture.id}/`, this.said());
      this.progress.hidden = false;
      return send(`${LIBRARY}tai-len/`, { ...this.said(), upload: file }, (part) => (this.progress.value = part));
    }

    // The picture that a person chose, with the caption for this use; null when the dialogue was closed.
    async open({ file = null, name = "", verb = "Dùng ảnh này" } = {}) {
      this.use.textContent = verb;
      this.panel.hidden = true;
      this.query.value = this.file.value = "";
      this.box.showModal();
      await this.load(1);
      if (file) await this.bring(file);
      if (name) await this.find(name);
      return new Promise((done) => (this.done = done));
    }

    async find(name) {
      const { ok, pictures } = await send(`${LIBRARY}?name=${name}`);
      if (ok && pictures.length) this.fill({ source: pictures[0].large, picture: pictures[0] });
    }
  }

  let dialogue;
  window.portalPictures = { open: (options) => (dialogue ??= new Dialogue()).open(options) };

  function cover(select) {
    const image = make("img", { className: "preview", alt: "" });
    const choose = make("button", { type: "button", className: "button" }, "Chọn ảnh…");
    const drop = make("button", { type: "button", className: "button" }, "Bỏ ảnh");
    const name = make("span", { className: "pictures-name" });
    const show = () => {
      const option = select.selectedOptions[0];
      drop.hidden = image.hidden = !select.value;
      name.textContent = select.value ? option.textContent : "Chưa có ảnh";
      if (select.value) image.src = option.dataset.src;
    };
    choose.addEventListener("click", async () => {
      const picture = await window.portalPictures.open({ verb: "Dùng làm ảnh đại diện" });
      if (!picture) return;
      const known = [...select.options].find(({ value }) => value === String(picture.id));
      const option = known ?? select.appendChild(make("option", { value: picture.id }, picture.name));
      option.dataset.src = picture.small;
      select.value = picture.id;
      select.dispatchEvent(new Event("change", { bubbles: true }));
      const caption = document.getElementById("id_cover_caption");
      if (caption && !caption.value) caption.value = picture.caption;
      choose.focus();
    });
    drop.addEventListener("click", () => {
      select.value = "";
      select.dispatchEvent(new Event("change", { bubbles: true }));
    });
    select.addEventListener("change", show);
    select.hidden = true;
    for (const link of select.parentElement.querySelectorAll("a.related-widget-wrapper-link")) link.hidden = true;
    select.after(make("div", { className: "pictures-cover" }, image, name, choose, drop));
    show();
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("select[data-pictures]").forEach(cover);
    const image = document.querySelector("img[data-focal]");
    const [x, y] = ["id_focal_x", "id_focal_y"].map((id) => document.getElementById(id));
    if (image && x && y) focal(image, x, y);
  });
})();
