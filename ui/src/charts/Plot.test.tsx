import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { Plot } from "./Plot";

const AXIS = { range: [0, 1] as const, format: (value: number) => `${100 * value}%` };
const PLOT = {
  title: "ROC",
  x: { ...AXIS, label: "False alarms" },
  y: { ...AXIS, label: "Found" },
  series: [
    { name: "model", colour: "blue", x: [0, 0.5, 1], y: [0, 0.9, 1] },
    { name: "no skill", colour: "grey", x: [0, 1], y: [0, 1], dashed: true },
  ],
};

test("arrow keys read the points one by one", async () => {
  const onChoose = vi.fn();
  render(<Plot {...PLOT} onChoose={onChoose} />);
  const chart = screen.getByRole("slider", { name: "ROC" });
  await userEvent.tab();
  expect(chart).toHaveFocus();
  await userEvent.keyboard("{ArrowRight}");
  expect(chart).toHaveAttribute("aria-valuetext", "False alarms 50%: model 90%, no skill 0%");
  await userEvent.keyboard("{End}{ArrowRight}");
  expect(chart).toHaveAttribute("aria-valuetext", "False alarms 100%: model 100%, no skill 100%");
  await userEvent.keyboard("{Home}{Enter}");
  expect(onChoose).toHaveBeenCalledWith(0);
});

test("a line is broken where a figure is not known", () => {
  const series = [{ name: "model", colour: "blue", x: [0, 0.3, 0.6, 1], y: [0.1, null, 0.5, 0.6] }];
  const { container } = render(<Plot {...PLOT} series={series} />);
  expect(container.querySelector("path")?.getAttribute("d")?.match(/M/g)).toHaveLength(2);
});

test("hostile names stay texts", () => {
  const name = "<img src=x onerror=alert(1)>";
  const { container } = render(<Plot {...PLOT} title={name} x={{ ...PLOT.x, label: name }} />);
  expect(container.querySelector("img")).toBeNull();
  expect(screen.getByRole("slider", { name })).toBeInTheDocument();
});
