// A vote begun signed out is cast on the page that sign-in leads to; whoever goes elsewhere instead has let it go, and
// whoever signs in there next, to another page or out of another's account, has not begun it.
const KEY = "vote-later";
const MINUTES = 15; // as long as a code by mail is good

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-vote-later]");
  if (!link) return;
  const next = new URL(link.href).searchParams.get("next");
  sessionStorage.setItem(KEY, JSON.stringify({ button: link.dataset.voteLater, next, at: Date.now() }));
});

function leadsTo(next) {
  if (location.pathname === "/accounts/login/code/") return true;
  return location.pathname === "/accounts/login/" && document.querySelector("main [name=next]")?.value === next;
}

// Once the page is loaded, htmx has taken the buttons over.
window.addEventListener("load", () => {
  const meant = JSON.parse(sessionStorage.getItem(KEY));
  if (meant && leadsTo(meant.next)) return;
  sessionStorage.removeItem(KEY);
  if (!meant || Date.now() - meant.at > MINUTES * 60_000) return;
  const button = document.getElementById(meant.button);
  if (button?.getAttribute("aria-pressed") !== "false") return;
  button.focus();
  button.click();
});
