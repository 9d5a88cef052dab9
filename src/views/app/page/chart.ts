import type * as PlotLibrary from '@observablehq/plot';
import { type Child, element, section } from './elements.ts';

/** The chart library, once the page is loaded; undefined where it could not be. */
const library = (): typeof PlotLibrary | undefined => (globalThis as unknown as { Plot?: typeof PlotLibrary }).Plot;

export type Plot = typeof PlotLibrary;

export interface Chart {
  readonly id: string;
  readonly heading: string;
  /** What the picture shows, in words: whoever cannot see it misses nothing. */
  readonly words: string;
  readonly numbers: HTMLElement;
  /** What is drawn, in a picture so many pixels wide; undefined: there is nothing to draw. */
  readonly plot: ((plot: Plot, widthPx: number) => PlotLibrary.PlotOptions) | undefined;
  readonly legend?: Child;
}

/** A section with words, a picture that is drawn anew where its place changes its width, and the numbers as a table. */
export function chartSection({ id, heading, words, numbers, plot, legend }: Chart): HTMLElement {
  const figure = element('figure', { class: 'chart' });
  if (plot) {
    whenLoaded(() => {
      const made = library();
      if (made) drawWhereWide(figure, (width) => picture(made, plot(made, width), words));
    });
  }
  return section(
    id,
    heading,
    element('p', { class: 'words' }, words),
    plot ? [figure, legend] : null,
    element('details', {}, element('summary', {}, `${heading}: the numbers`), numbers),
  );
}

/** The status does not wait for the library; its pictures do. */
function whenLoaded(draw: () => void): void {
  if (document.readyState === 'complete') draw();
  else addEventListener('load', draw, { once: true });
}

function drawWhereWide(figure: HTMLElement, draw: (widthPx: number) => Element): void {
  let drawn = 0;
  const observer = new ResizeObserver(([entry]) => {
    const width = Math.max(280, Math.floor(entry?.contentRect.width ?? 0));
    if (width === drawn) return;
    drawn = width;
    figure.replaceChildren(draw(width));
  });
  observer.observe(figure);
}

/** One image for screen readers. Its style element is left out: our own sheet says the same, and nothing inline runs here. */
function picture(plot: Plot, options: PlotLibrary.PlotOptions, words: string): Element {
  const svg = plot.plot({ ...options, className: 'plot', style: { fontSize: '12px', background: 'none' } });
  svg.querySelector('style')?.remove();
  // Parts of an image have no names of their own.
  for (const part of svg.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', words);
  return svg;
}

/** Times on the horizontal axis: few enough to be read on a telephone. */
export const timeAxis = (widthPx: number): PlotLibrary.ScaleOptions => ({
  type: 'utc',
  ticks: widthPx < 480 ? 3 : 7,
  label: null,
});
