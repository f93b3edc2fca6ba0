// The scaling curve as an SVG: seconds of CPU and peak memory over lines of code, both axes logarithmic.

export interface Point {
  readonly lines: number;
  /** Seconds. */
  readonly cpu: number;
  /** Bytes. */
  readonly peak: number;
}

const WIDTH = 640;
const HEIGHT = 320;
const MARGIN = 56;

export function plot(points: readonly Point[]): string {
  const lines = scale(
    points.map(p => p.lines),
    MARGIN,
    WIDTH - MARGIN,
  );
  const curves = [
    { values: points.map(p => p.cpu), colour: '#2563eb', label: 'CPU', unit: 's', digits: 1 },
    { values: points.map(p => p.peak / 1e6), colour: '#d97706', label: 'peak memory', unit: 'MB', digits: 0 },
  ];
  const drawn = curves.map(({ values, colour, label, unit, digits }, c) => {
    const y = scale(values, HEIGHT - MARGIN, MARGIN);
    const at = points.map((p, i) => [lines(p.lines), y(values[i]!)] as const);
    const marks = at.map(([x, v], i) => {
      const text = `${values[i]!.toFixed(digits)} ${unit}`;
      return `<circle cx="${x.toFixed(1)}" cy="${v.toFixed(1)}" r="3"/><text x="${x.toFixed(1)}" y="${(v + (c ? 16 : -8)).toFixed(1)}" text-anchor="middle">${text}</text>`;
    });
    const path = at.map(([x, v]) => `${x.toFixed(1)},${v.toFixed(1)}`).join(' ');
    return `<g fill="${colour}"><polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${marks.join('')}<text x="${MARGIN + c * 70}" y="24">${label}</text></g>`;
  });
  const ticks = points.map(
    p =>
      `<text x="${lines(p.lines).toFixed(1)}" y="${HEIGHT - 16}" text-anchor="middle">${short(p.lines)}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    '<title>CPU time and peak memory over lines of code</title>',
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    ...drawn,
    `<g fill="#444">${ticks.join('')}<text x="${WIDTH - MARGIN}" y="24" text-anchor="end">lines of Python, both axes logarithmic</text></g>`,
    '</svg>\n',
  ].join('\n');
}

/** A logarithmic scale from the range of values to that of pixels. */
function scale(values: readonly number[], from: number, to: number): (value: number) => number {
  const [low, high] = [Math.log(Math.min(...values)), Math.log(Math.max(...values))];
  return value => from + ((Math.log(value) - low) / (high - low || 1)) * (to - from);
}

const short = (lines: number): string =>
  lines >= 1e6 ? `${(lines / 1e6).toFixed(1)} M` : `${Math.round(lines / 1000)} k`;
