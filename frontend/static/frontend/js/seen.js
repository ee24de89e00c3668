// Tells which cards stayed in sight for a second, and where: so "Best rated" can ask how many of those who saw an idea
// voted for it. A card is told once per page; the server counts a reader once a day.
const LONG_ENOUGH = 1000;
const SEND_AFTER = 5000;
const CARDS = 40;
const timers = new Map();
const seen = new Map();
let sending = 0;

function placeOf(card, list) {
  const rows = [...list.querySelectorAll(".idea-row")];
  return Number(list.dataset.from ?? 0) + Math.max(1, rows.indexOf(card) + 1);
}

function send() {
  clearTimeout(sending);
  sending = 0;
  for (const [list, cards] of seen) {
    while (cards.length) {
      const reader = document.body.dataset.reader ?? "";
      navigator.sendBeacon("/seen/", JSON.stringify({ reader, list, seen: cards.splice(0, CARDS) }));
    }
  }
}

function count(card) {
  observer.unobserve(card);
  timers.delete(card);
  const list = card.closest("[data-list]");
  if (!seen.has(list.dataset.list)) seen.set(list.dataset.list, []);
  seen.get(list.dataset.list).push([card.dataset.seen, placeOf(card, list)]);
  delete card.dataset.seen;
  sending ||= setTimeout(send, SEND_AFTER);
}

function forget(card) {
  clearTimeout(timers.get(card));
  timers.delete(card);
}

const observer = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    forget(target);
    if (isIntersecting && !document.hidden) timers.set(target, setTimeout(count, LONG_ENOUGH, target));
  }
}, { threshold: 0.5 });

function watch() {
  for (const card of document.querySelectorAll("[data-list] [data-seen], [data-list][data-seen]")) {
    observer.observe(card);
  }
}

watch();
document.addEventListener("htmx:afterSettle", watch);
addEventListener("pagehide", send);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    for (const card of [...timers.keys()]) forget(card);
    send();
  } else {
    observer.disconnect();
    watch();
  }
});
