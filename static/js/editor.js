// The editor's own Vietnamese catalogue leaves these in English; and its link dialogue offers what the cleaner refuses.
(() => {
  const PASTE = "Trình duyệt không cho dán bằng nút này. Hãy bấm %1 để dán.";
  const VIETNAMESE = {
    application: "Khung soạn thảo",
    editorPanel: "Khung soạn thảo",
    common: { url: "Địa chỉ" },
    clipboard: {
      fileFormatNotSupportedNotification: "Không dán được tệp loại ${formats}. Hãy tải ảnh lên ở mục Ảnh.",
      fileWithoutFormatNotSupportedNotification: "Không dán được tệp loại này.",
      pasteMsg: "Hãy dán nội dung vào khung dưới đây rồi bấm Đồng ý.",
      pasteNotification: PASTE,
    },
    pastetext: { pasteNotification: PASTE },
    format: {
      label: "Kiểu đoạn",
      panelTitle: "Kiểu đoạn",
      tag_p: "Đoạn văn",
      tag_h2: "Đề mục lớn",
      tag_h3: "Đề mục vừa",
      tag_h4: "Đề mục nhỏ",
    },
    link: {
      displayText: "Chữ hiển thị",
      noTel: "Hãy nhập số điện thoại",
      phoneNumber: "Số điện thoại",
      toPhone: "Điện thoại",
      toUrl: "Trang web",
    },
    stylescombo: { label: "Mẫu đoạn", panelTitle: "Mẫu đoạn", panelTitle1: "Mẫu đoạn" },
    notification: { closed: "Đã đóng thông báo." },
    table: { cell: { columnHeader: "Đề mục cột", rowHeader: "Đề mục hàng" }, heightUnit: "đơn vị chiều cao" },
    toolbar: { toolbarGroups: { clipboard: "Dán/Hoàn tác" } },
    widget: { label: "Khối %1" },
  };

  function fill(target, words) {
    for (const [key, value] of Object.entries(words)) {
      if (typeof value === "object") fill((target[key] ??= {}), value);
      else target[key] = value;
    }
  }

  function prepare(editor) {
    editor.on("langLoaded", () => fill(editor.lang, VIETNAMESE));
  }

  function onlyWebLinks({ data: { name, definition } }) {
    if (name !== "link") return;
    const protocol = definition.getContents("info").get("protocol");
    protocol.items = [["https://‎", "https://"], ["http://‎", "http://"], ["(trang này)", ""]];
    protocol.default = "https://";
  }

  function begin() {
    window.CKEDITOR?.on("instanceCreated", ({ editor }) => prepare(editor));
    window.CKEDITOR?.on("dialogDefinition", onlyWebLinks);
  }

  // Whichever of the two scripts comes first: the editor is made when the page is read.
  if (window.CKEDITOR) begin();
  else document.addEventListener("DOMContentLoaded", begin);
})();
