// A vote shows at once; the server's number replaces the guess; a failure puts everything back and says so in place.
const worth = (button) => (button.classList.contains("vote-down") ? -1 : 1);
const DOUBLE_CLICK = 500; // milliseconds
let last = { button: "", at: 0 };
const boxOf = (event) => event.target.closest?.("[data-vote]")?.closest(".vote-box");

function written(number) {
  const notation = Math.abs(number) >= 1000000 ? "compact" : "standard";
  return new Intl.NumberFormat(document.documentElement.lang, { notation }).format(number);
}

function show(box, value) {
  for (const button of box.querySelectorAll("[data-vote]")) {
    const pressed = worth(button) === value;
    button.setAttribute("aria-pressed", String(pressed));
    button.value = pressed ? 0 : worth(button);
  }
  const count = box.querySelector("[data-count]");
  if (!count) return;
  count.textContent = written(Number(count.dataset.count) - Number(box.dataset.value) + value);
  count.classList.add("moved");
}

function fail(event) {
  const box = boxOf(event);
  if (!box) return;
  show(box, Number(box.dataset.value));
  box.querySelector("[role=alert]")?.remove();
  const note = document.createElement("p");
  note.className = "vote-why";
  note.setAttribute("role", "alert");
  note.textContent = document.getElementById("votes").dataset.voteFailed;
  box.append(note);
  setTimeout(() => note.remove(), 6000);
}

// A double click is one vote: the answer to the first may be there before the second.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-vote]");
  if (!button) return;
  if (button.id === last.button && event.timeStamp - last.at < DOUBLE_CLICK) {
    event.preventDefault();
    event.stopPropagation();
  } else {
    last = { button: button.id, at: event.timeStamp };
  }
}, true);

document.addEventListener("htmx:beforeRequest", (event) => {
  const box = boxOf(event);
  if (box) show(box, Number(event.target.value));
});
document.addEventListener("htmx:responseError", fail);
document.addEventListener("htmx:sendError", fail);
