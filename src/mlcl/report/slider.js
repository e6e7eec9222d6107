(() => {
  const island = document.getElementById("threshold-data");
  if (!island) return;
  const { columns, unit, chosen } = JSON.parse(island.textContent);
  const slider = document.getElementById("threshold");
  const reset = document.getElementById("threshold-reset");
  const readings = document.querySelectorAll("[data-reading]");
  const cursors = document.querySelectorAll(".what-if .cursor");

  const number = (value, places) => value.toLocaleString("en", { maximumFractionDigits: places }).replace("-", "−");
  const share = (value) => (value > 0 && value < 0.001 ? "<0.1%" : `${number(100 * value, 1)}%`);

  function figures(index) {
    const at = (name) => columns[name][index];
    return {
      threshold: share(at("threshold")),
      share: share(at("share")),
      precision: share(at("precision")),
      recall: share(at("recall")),
      f1: number(at("f1"), 3),
      value: columns.value_per_case && `${number(Math.round(1000 * at("value_per_case")), 0)}\u00a0${unit}`.trim(),
      tally: `${number(at("tp"))} rightly, ${number(at("fp"))} in vain, ${number(at("fn"))} missed`,
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
