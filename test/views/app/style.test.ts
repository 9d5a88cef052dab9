import { describe, expect, it } from 'vitest';
import { styleValues } from '../../../src/views/app/page/style.ts';

const valuesOf = (style: unknown) => Object.fromEntries(styleValues(style));
const readable = { color_background: '#fbfaf7', color_text: '#1d1d1d' };

describe('the look that an EHR asks for', () => {
  it('is taken as colours and lengths', () => {
    const style = {
      ...readable,
      ...{ color_highlight: '#1F5F8B', dim_font_size: '15px', dim_border_radius: '4px', dim_spacing_size: '1rem' },
    };
    expect(valuesOf(style)).toEqual({
      '--paper': '#fbfaf7',
      '--ink': '#1d1d1d',
      'color-scheme': 'only light',
      '--accent': '#1f5f8b',
      '--text-size': '15px',
      '--radius': '4px',
      '--space': '1rem',
    });
  });

  it('in dark is said to be dark', () => {
    expect(valuesOf({ color_background: '#101', color_text: '#eee' })).toEqual({
      '--paper': '#110011',
      '--ink': '#eeeeee',
      'color-scheme': 'only dark',
    });
  });

  it.each([
    ['a text that is hard to read', { color_background: '#ffffff', color_text: '#767676' }],
    ['only one of text and background', { color_text: '#000000' }],
    ['a colour that is none', { ...readable, color_text: 'red; background: url(https://x.test)' }],
    ['a function', { ...readable, color_background: 'var(--ink)' }],
    ['five digits', { ...readable, color_text: '#12345' }],
    ['nothing', undefined],
    ['a text', 'color_text'],
  ])('with %s leaves our colours', (_what, style) => {
    expect(valuesOf(style)).toEqual({});
  });

  it.each([
    ['#767676', '#767676'],
    ['#787878', undefined],
  ])('with the accent %s on white is taken where it stands out by 4.5 : 1', (accent, taken) => {
    const style = { color_background: '#ffffff', color_text: '#000000', color_highlight: accent };
    expect(valuesOf(style)['--accent']).toBe(taken);
  });

  it.each([
    ['#595959', '#595959'],
    ['#5a5a5a', undefined],
  ])('with the text %s on white is taken where it stands out by 7 : 1', (text, taken) => {
    expect(valuesOf({ color_background: '#ffffff', color_text: text })['--ink']).toBe(taken);
  });

  it.each([
    ['14px', true],
    ['13.9px', false],
    ['24px', true],
    ['1.5rem', true],
    ['1.6rem', false],
    ['12', false],
    ['20em', false],
    ['18px; color: red', false],
  ])('with a text of %s is taken within what stays readable (%s)', (size, isTaken) => {
    expect(valuesOf({ dim_font_size: size })).toEqual(isTaken ? { '--text-size': size } : {});
  });

  it.each([
    [{ dim_border_radius: '0px' }, { '--radius': '0px' }],
    [{ dim_border_radius: '25px' }, {}],
    [{ dim_spacing_size: '8px' }, { '--space': '8px' }],
    [{ dim_spacing_size: '7px' }, {}],
    [{ dim_spacing_size: '33px' }, {}],
  ])('with the lengths %o keeps shapes and targets usable', (style, values) => {
    expect(valuesOf(style)).toEqual(values);
  });
});
