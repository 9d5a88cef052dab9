import { describe, expect, it } from 'vitest';
import { listed, plain } from '../../../src/views/cds-hooks/markdown.ts';

describe('what senders wrote', () => {
  it.each([
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['a & b &lt;', 'a &amp; b &amp;lt;'],
    ['[press](javascript:x) ![i](y)', '\\[press\\](javascript:x) !\\[i\\](y)'],
    ['*bold* _it_ `code` ~~gone~~ # head | cell', '\\*bold\\* \\_it\\_ \\`code\\` \\~\\~gone\\~\\~ \\# head \\| cell'],
    ['https://evil.example and www.evil.example', 'https\\://evil.example and www\\.evil.example'],
    ['nora@evil.example', 'nora@\u2060evil.example'],
    ['back\\slash', 'back\\\\slash'],
    ['two\n\n- lines\r\n# more', 'two - lines \\# more'],
    ['Since 2024-05-01. 2 mL (reported), 1.5 %', 'Since 2024-05-01. 2 mL (reported), 1.5 %'],
  ])('%j stands as text', (text, shown) => {
    expect(plain(text)).toBe(shown);
  });

  it('stands in a list once', () => {
    expect(listed(['a', 'b', 'a'])).toBe('- a\n- b');
  });
});
