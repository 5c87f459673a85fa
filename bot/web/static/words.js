// Which words does the page itself say? (What the program says comes from the server.)
(function () {
  "use strict";
  const ToSo = (window.ToSo = window.ToSo || {});

  const vi = {
    skip: "Tới ô nhắn tin",
    tagline: "Chỉ từng bước làm giấy tờ trên điện thoại, không lấy tiền.",
    size: "Đổi cỡ chữ",
    sample: "Khu mẫu",
    become: "Thử làm:",
    invented: "khu mẫu, người và số liệu đều bịa.",
    monday: "Thứ Hai 7h30",
    mondayHint: "Tới giờ gửi tổng kết tuần cho cán bộ phụ trách.",
    waiting: "{n} việc chờ",
    welcome: "Cần làm giấy tờ gì cứ nhắn như nói chuyện, gõ không dấu cũng được.",
    hello: "Xin chào",
    example: "lam sao cai vneid",
    log: "Cuộc nói chuyện",
    newer: "Xem tin mới",
    typing: "Tổ Số đang trả lời",
    photo: "Gửi ảnh",
    write: "Nhắn cho Tổ Số",
    here: "Nhắn ở đây",
    send: "Gửi",
    lost: "Mất mạng, đang nối lại. Tin chưa gửi vẫn giữ ở đây.",
    back: "Đã nối lại.",
    bot: "Tổ Số nói: ",
    me: "Đã nhắn: ",
    picture: "Ảnh kèm theo",
    myPhoto: "Ảnh",
    document: "Tệp kèm theo",
    listen: "Nghe bước này",
    scanned: "Đã quét mã QR",
    download: "Tải về",
    choices: "Lựa chọn",
    sending: "Đang gửi",
    held: "Giữ lại, chờ có mạng",
    uploading: "Đang gửi ảnh",
    uploadLost: "Chưa gửi được ảnh.",
    uploadAgain: "Gửi lại ảnh",
    uploadBig: "Ảnh lớn quá nên chưa gửi được. Chụp lại cỡ nhỏ hơn giúp ạ.",
    uploadKind: "Tổ Số chỉ nhận ảnh. Mời chọn một ảnh trong máy ạ.",
    uploadFull: "Còn ảnh chưa gửi xong. Chờ gửi xong rồi chọn ảnh khác ạ.",
    refused: "Tin này chưa nhận được.",
    full: "Còn nhiều tin chưa gửi. Chờ có mạng rồi nhắn tiếp ạ.",
    offline: "Đang mất mạng. Chờ nối lại rồi chọn tiếp ạ.",
  };

  const en = {
    skip: "Skip to the message box",
    tagline: "Paperwork on the phone, one step at a time, free of charge.",
    size: "Change text size",
    sample: "Sample area",
    become: "Try being:",
    invented: "a sample area, people and figures are invented.",
    monday: "Monday 7:30",
    mondayHint: "Jump to the hour when supervisors get the weekly summary.",
    waiting: "{n} waiting",
    welcome: "Which paperwork? Ask in everyday words.",
    hello: "Hello",
    example: "lam sao cai vneid",
    log: "Conversation",
    newer: "See new messages",
    typing: "Tổ Số is answering",
    photo: "Send a photo",
    write: "Message Tổ Số",
    here: "Write here",
    send: "Send",
    lost: "Connection lost, reconnecting. Unsent messages are kept here.",
    back: "Connected again.",
    bot: "Tổ Số says: ",
    me: "Sent: ",
    picture: "Attached picture",
    myPhoto: "Photo",
    document: "Attached file",
    listen: "Listen to this step",
    scanned: "Scanned the QR code",
    download: "Download",
    choices: "Choices",
    sending: "Sending",
    held: "Kept until connected",
    uploading: "Sending the photo",
    uploadLost: "The photo has not been sent.",
    uploadAgain: "Send it again",
    uploadBig: "The photo is too large. Please take a smaller one.",
    uploadKind: "Only photos can be sent here. Please choose one.",
    uploadFull: "A photo is still being sent. Please wait for it.",
    refused: "This message was not accepted.",
    full: "Many messages are unsent. Please wait for the connection.",
    offline: "Not connected. Please choose again in a moment.",
  };

  const english = /[?&]lang=en(&|$)/.test(window.location.search);
  ToSo.words = english ? en : vi;

  const fill = (selector, put) => {
    Array.from(document.querySelectorAll(selector)).forEach(put);
  };

  // The page is written in Vietnamese, so that it reads well even before this script ran.
  ToSo.translatePage = () => {
    if (!english) return;
    document.documentElement.lang = "en";
    fill("[data-word]", (node) => { node.textContent = en[node.dataset.word]; });
    fill("[data-say]", (node) => { node.textContent = en[node.dataset.say]; });
    fill("[data-label]", (node) => { node.setAttribute("aria-label", en[node.dataset.label]); });
    fill("[data-placeholder]", (node) => { node.setAttribute("placeholder", en[node.dataset.placeholder]); });
  };
})();
