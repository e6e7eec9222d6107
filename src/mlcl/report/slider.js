(() => {
  const island = document.getElementById("threshold-data");
  if (!island) return;
  const { columns, unit, chosen } = JSON.parse(island.textContent);
  const slider = document.getElementById("threshold");
  const reset = document.getElementById("threshold-reset");
  const readings = document.querySelectorAll("[data-reading]");
  const cursors = document.querySelectorAll(".what-if .cursor");

  const grouped = (value, places) =>
    value.toLocaleString("en", { minimumFractionDigits: places, maximumFractionDigits: places });
  const share = (value) => (value == null ? "–" : `${grouped(100 * value, 1)}%`);
  const number = (value) => (value == null ? "–" : grouped(value, 3));
  const money = (value) => (value == null ? "–" : `${grouped(1000 * value, 0)}\u00a0${unit}`.trim());

  function figures(index) {
    const at = (name) => (columns[name] ? columns[name][index] : null);
    return {
      threshold: number(at("threshold")),
      share: share(at("share")),
      precision: share(at("precision")),
      recall: share(at("recall")),
      f1: number(at("f1")),
      value: money(at("value_per_case")),
      tally: `${grouped(at("tp"), 0)} rightly, ${grouped(at("fp"), 0)} in vain, ${grouped(at("fn"), 0)} missed`,
    };
  }

  function show() {
    const index = Number(slider.value);
    const now = figures(index);
    for (const reading of readings) reading.textContent = now[reading.dataset.reading];
    for (const cursor of cursors) {
      const from = Number(cursor.dataset.from);
      const x = from + columns.share[index] * (Number(cursor.dataset.to) - from);
      cursor.setAttribute("x1", x);
      cursor.setAttribute("x2", x);
    }
    const worth = columns.value_per_case ? `, worth ${now.value} per 1,000 cases` : "";
    slider.setAttribute(
      "aria-valuetext",
      `${now.threshold}: ${now.share} acted on, precision ${now.precision}, recall ${now.recall}${worth}`,
    );
    reset.hidden = index === chosen;
  }

  slider.disabled = false;
  slider.value = chosen;
  slider.addEventListener("input", show);
  reset.addEventListener("click", () => {
    slider.value = chosen;
    slider.focus();
    show();
  });
  show();
})();
