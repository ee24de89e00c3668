// A form is sent once, however often its button is pressed: again only when its page is shown again, or after a while.
const WAITS = 10_000; // milliseconds
const sent = new Set();

function free(form) {
  sent.delete(form);
  for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
}

// htmx has stopped the forms that are its own before this hears of them.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  sent.add(form);
  event.submitter?.setAttribute("aria-disabled", "true");
  setTimeout(free, WAITS, form);
});
window.addEventListener("pageshow", () => sent.forEach(free));
