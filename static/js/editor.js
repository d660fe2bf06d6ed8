// What the editor's own Vietnamese catalogue leaves in English; the toolbar and the dialogues that we show need no more.
(() => {
  const VIETNAMESE = {
    application: "Khung soạn thảo",
    editorPanel: "Khung soạn thảo",
    format: { tag_p: "Đoạn văn", tag_h2: "Đề mục lớn", tag_h3: "Đề mục vừa", tag_h4: "Đề mục nhỏ", label: "Kiểu đoạn", panelTitle: "Kiểu đoạn" },
  };

  function fill(target, words) {
    for (const [key, value] of Object.entries(words)) {
      if (typeof value === "object") fill((target[key] ??= {}), value);
      else target[key] = value;
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    window.CKEDITOR?.on("instanceCreated", ({ editor }) => editor.on("langLoaded", () => fill(editor.lang, VIETNAMESE)));
  });
})();
