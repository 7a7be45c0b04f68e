import { extractSnippets, snippetsOf } from './snippets.js';

it('finds each block with its language, its mark and its line', () => {
  const page = ['# Title', '```sh run=once', 'echo 1', '', 'echo 2', '```', 'words', '~~~', 'plain', '~~~'];
  expect(extractSnippets(page.join('\n'))).toEqual([
    { language: 'sh', mark: 'run=once', code: 'echo 1\n\necho 2\n', line: 3 },
    { language: '', mark: '', code: 'plain\n', line: 9 },
  ]);
});

it('takes the indent of a list away, and no more', () => {
  const page = ['1. First', '   ```js', '   if (a) {', '     b();', '   }', '   ```'];
  expect(extractSnippets(page.join('\r\n'))).toMatchObject([{ code: 'if (a) {\n  b();\n}\n' }]);
});

it('lets a longer fence hold a shorter one', () => {
  const page = ['````md', '```js', 'a();', '```', '````', '```py', 'pass', '```'];
  expect(extractSnippets(page.join('\n')).map(({ language }) => language)).toEqual(['md', 'py']);
});

it('takes inline code for no block', () => {
  expect(extractSnippets('```not a block``` but words')).toEqual([]);
});

it('refuses a block that is not closed', () => {
  expect(() => extractSnippets('words\n```sh\necho 1')).toThrow('line 2');
});

it('reads a page of the repository, by language', () => {
  expect(snippetsOf('README.md', 'js').map(({ code }) => code)).toEqual([
    expect.stringContaining("from 'waybill'"),
  ]);
});
