// A vote begun signed out is cast on the page that sign-in leads to; whoever goes elsewhere instead has let it go.
const KEY = "vote-later";
const MINUTES = 15; // as long as a code by mail is good

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-vote-later]");
  if (!link) return;
  sessionStorage.setItem(KEY, JSON.stringify({ button: link.dataset.voteLater, at: Date.now() }));
});

// Once the page is loaded, htmx has taken the buttons over.
window.addEventListener("load", () => {
  if (location.pathname.startsWith("/accounts/")) return;
  const meant = JSON.parse(sessionStorage.getItem(KEY));
  sessionStorage.removeItem(KEY);
  if (!meant || Date.now() - meant.at > MINUTES * 60_000) return;
  const button = document.getElementById(meant.button);
  if (button?.getAttribute("aria-pressed") !== "false") return;
  button.focus();
  button.click();
});
