// An idea that stood beside the order comes again at its own place, when more of the list is loaded. Once is enough.
document.addEventListener("htmx:afterSettle", () => {
  for (const row of document.querySelectorAll(".idea-row")) {
    if (row !== document.getElementById(row.id)) row.remove();
  }
});
