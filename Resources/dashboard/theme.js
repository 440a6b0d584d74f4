// Runs before the first paint, so that a chosen theme never flashes into place.
(function () {
  try {
    const choice = localStorage.getItem("modelux.theme");
    if (choice === "light" || choice === "dark") document.documentElement.dataset.theme = choice;
  } catch {
    // Without storage the system's setting decides.
  }
})();
