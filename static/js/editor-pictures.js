// Pictures in the editor: by button, by dropping or pasting a file; each goes through the library's dialogue, so that
// none is stored without words for those who cannot see it. A picture of another site is not taken.
(() => {
  const OWN = /^\/media\/images\/([0-9a-f]{32})\.webp$/;
  const FOREIGN =
    "Ảnh ở trang khác hoặc trong máy không được dán theo bài. Hãy lưu ảnh về máy, rồi kéo thả hoặc chèn bằng nút Ảnh.";
  const escaped = (text) => CKEDITOR.tools.htmlEncodeAttr(text ?? "");
  const html = ({ url, width, height, alt }) =>
    `<img alt="${escaped(alt)}" height="${height}" src="${escaped(url)}" width="${width}" />`;

  function insert(editor, picture) {
    const caption = picture.caption ? `<figcaption>${escaped(picture.caption)}</figcaption>` : "";
    editor.focus();
    editor.insertHtml(`<figure>${html(picture)}${caption}</figure><p></p>`);
  }

  async function bring(editor, files) {
    for (const file of files) {
      const picture = await window.portalPictures.open({ file, verb: "Chèn vào bài" });
      if (picture) insert(editor, picture);
    }
  }

  async function change(editor, image) {
    const name = OWN.exec(image.getAttribute("src"))?.[1];
    const picture = await window.portalPictures.open({ name, verb: name ? "Cập nhật ảnh" : "Thay ảnh" });
    if (!picture) return;
    editor.fire("saveSnapshot");
    const { url, alt, width, height } = picture;
    image.setAttributes({ src: url, "data-cke-saved-src": url, alt, width, height });
    editor.fire("saveSnapshot");
  }

  function asFile(address) {
    const [head, code] = address.split(",");
    const kind = /^data:(image\/[a-z]+);base64$/.exec(head)?.[1];
    if (!kind) return null;
    const bytes = Uint8Array.from(atob(code), (letter) => letter.charCodeAt(0));
    return new File([bytes], "anh", { type: kind });
  }

  // Takes the pictures out of pasted HTML: {kept: the HTML, files: those that it held, foreign: how many were elsewhere}.
  function sorted(value) {
    const parsed = new DOMParser().parseFromString(value, "text/html");
    const files = [];
    let foreign = 0;
    for (const image of parsed.images) {
      const source = image.getAttribute("data-cke-saved-src") ?? image.getAttribute("src") ?? "";
      if (OWN.test(source)) continue;
      const file = source.startsWith("data:") ? asFile(source) : null;
      if (file) files.push(file);
      else foreign += 1;
      image.remove();
    }
    return { kept: parsed.body.innerHTML, words: parsed.body.textContent.trim(), files, foreign };
  }

  function onPaste(editor, event) {
    const { dataTransfer: transfer, dataValue: value } = event.data;
    const sent = Array.from({ length: transfer.getFilesCount() }, (_, place) => transfer.getFile(place));
    const images = sent.filter(({ type }) => type.startsWith("image/"));
    const { kept, words, files, foreign } = /<img/i.test(value) ? sorted(value) : { kept: value, words: value, files: [], foreign: 0 };
    // Word and browsers send a copied picture twice, as HTML and as a file; with text beside it the HTML is meant.
    const brought = words ? files : images.length ? images : files;
    if (!words && brought.length) event.cancel();
    else if (kept !== value) event.data.dataValue = kept;
    if (foreign && !brought.length) editor.showNotification(FOREIGN, "warning");
    if (sent.length && !images.length && !words) editor.showNotification("Chỉ dán được tệp ảnh vào bài. Tệp khác: thêm ở mục Tệp đính kèm.", "warning");
    setTimeout(() => bring(editor, brought));
  }

  function init(editor) {
    const open = async () => {
      const picture = await window.portalPictures.open({ verb: "Chèn vào bài" });
      if (picture) insert(editor, picture);
    };
    editor.addCommand("picture", { exec: open, async: true, allowedContent: "figure; figcaption; img[!src,alt,width,height]" });
    editor.ui.addButton("Picture", { label: "Ảnh", command: "picture", icon: "image" });
    editor.on("paste", (event) => onPaste(editor, event), null, null, 20);
    editor.on("doubleclick", ({ data }) => {
      if (data.element.is("img")) change(editor, data.element);
    });
  }

  document.addEventListener("DOMContentLoaded", () => window.CKEDITOR?.plugins.add("picture", { init }));
})();
