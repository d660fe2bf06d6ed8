// A button in the editor that puts the code of a hotline into the text: readers see the number as it is now.
(() => {
  "use strict";
  const NAME = "duongdaynong";
  const ICON = new URL("../img/phone.svg", document.currentScript.src).href;
  const fold = (words) => words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/đ|ð/g, "d");
  let lines = []; // [words shown, code]

  async function read() {
    const answer = await fetch("/duong-day-nong/danh-ba.json", { credentials: "omit" });
    if (!answer.ok) throw new Error(answer.status);
    const { offices } = await answer.json();
    lines = offices
      .filter(({ hotlines }) => hotlines.some(({ tel }) => tel))
      .flatMap(({ name, hotlines }) =>
        hotlines.map(({ id, purpose, number }) => [`${name} – ${purpose}: ${number}`, `[[duong-day-nong:${id}]]`]),
      );
  }

  function show(dialog) {
    const wanted = fold(dialog.getValueOf("main", "q") || "").split(/\s+/);
    const select = dialog.getContentElement("main", "line");
    select.clear();
    for (const [words, code] of lines) if (wanted.every((word) => fold(words).includes(word))) select.add(words, code);
  }

  const definition = (editor) => ({
    title: "Chèn đường dây nóng",
    minWidth: 420,
    minHeight: 260,
    contents: [
      {
        id: "main",
        elements: [
          {
            type: "text", id: "q", label: "Tìm cơ quan, việc hoặc số (không cần dấu)",
            onKeyup() { show(this.getDialog()); },
          },
          { type: "select", id: "line", label: "Số sẽ hiện trong bài", size: 10, items: [], inputStyle: "height: 13em" },
          {
            type: "html",
            html: "<p>Trong bài là một mã; người đọc luôn thấy số đang dùng, kể cả khi số đổi về sau.</p>",
          },
        ],
      },
    ],
    onShow() {
      const dialog = this;
      read().then(() => show(dialog), () => editor.showNotification("Chưa đọc được danh bạ. Hãy thử lại.", "warning"));
    },
    onOk() {
      const code = this.getValueOf("main", "line");
      if (!code) {
        editor.showNotification("Hãy chọn một số.", "warning");
        return false;
      }
      editor.insertText(code);
    },
  });

  function define() {
    window.CKEDITOR.plugins.add(NAME, {
      init(editor) {
        editor.addCommand(NAME, new window.CKEDITOR.dialogCommand(NAME));
        editor.ui.addButton("DuongDayNong", { label: "Chèn đường dây nóng", command: NAME, icon: ICON });
      },
    });
    window.CKEDITOR.dialog.add(NAME, definition);
  }

  function prepare({ config }) {
    config.extraPlugins = [config.extraPlugins, NAME].filter(Boolean).join(",");
    config.toolbar = [...config.toolbar, ["DuongDayNong"]];
  }

  // On the window and on the way down: before the editors are made, wherever this file stands among the scripts.
  const start = () => {
    if (!window.CKEDITOR) return;
    define();
    window.CKEDITOR.on("instanceCreated", ({ editor }) => editor.on("configLoaded", () => prepare(editor)));
  };
  window.addEventListener("DOMContentLoaded", start, true);
})();
