import { expect, test } from "vitest";
import { drawChart } from "../scripts/quotes/chart.ts";

const from = Date.UTC(2026, 0, 31, 0, 0);
const HOUR = 3_600_000;
const range = { from, to: from + 24 * HOUR, width: 24, height: 5 };
const at = (hour: number, value: number) => ({ at: from + (hour + 0.5) * HOUR, value });

test("a curve runs from the lowest to the highest value, with gaps where nothing is known", () => {
  const hours = [0, 1, 2, 3, 4, 5, 12, 13, 14, 15, 23];
  const points = hours.map((hour) => at(hour, hour < 6 ? 100 + hour * 10 : 150 - hour));
  expect(drawChart(points, range)).toEqual([
    "  150 ┤     •",
    "      ┤    •       ••••",
    "      ┤  ••                   •",
    "112.5 ┤ •",
    "  100 ┤•",
    "      └────────────────────────",
    "       00:00 06:00 12:00 18:00",
  ]);
});

test("a jump is drawn through", () => {
  const lines = drawChart([at(0, 1), at(1, 5)], { ...range, height: 4 });
  expect(lines.slice(0, 4).map((line) => line.split("┤")[1])).toEqual([" •", " │", " │", "•"]);
});

test("several points of one place are their average", () => {
  const points = [at(3, 1), at(3, 3), at(9, 2), at(20, 2)];
  const rows = drawChart(points, range)
    .slice(0, 5)
    .map((line) => line.split("┤")[1]);
  expect(rows.filter((row) => row?.includes("•"))).toHaveLength(1);
});

test("without points there is nothing to draw", () => {
  expect(drawChart([], range)).toEqual([]);
  expect(drawChart([{ at: from - HOUR, value: 1 }], range)).toEqual([]);
});
