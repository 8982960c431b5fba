import { constants, deflateRawSync, deflateSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { MAX_FILE_TEXT, readFileContent } from '../../../src/ai/reading/file-content.ts';
import { pdfOf, PNG, wordOf, zipOf } from '../../../testbed/files.ts';

const WORD = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const utf16 = (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);

describe('F3 the text that the AI reads of a file', () => {
  test.each<[string, string, Buffer, string, string | null]>([
    ['a PDF', 'order.pdf', pdfOf(['Order 4711', 'Second page']), 'application/pdf', 'Order 4711\n\nSecond page'],
    ['a Word document', 'letter.docx', wordOf(['Dear team', 'it leaks']), WORD, 'Dear team\n\nit leaks'],
    ['plain text', 'log.txt', Buffer.from('line one\r\nline two'), 'text/plain', 'line one\nline two'],
    ['a table', 'orders.csv', Buffer.from('id;name\n1;Müller'), 'text/csv', 'id;name\n1;Müller'],
    ['text of an older program', 'alt.txt', Buffer.from('Gr\xfc\xdfe', 'latin1'), 'text/plain', 'Grüße'],
    ['text in UTF-16', 'export.csv', utf16('a\tb'), 'text/csv', 'a b'],
    ['an empty file', 'empty.txt', Buffer.alloc(0), 'text/plain', null],
    ['an image', 'photo.png', PNG, 'image/png', null],
    ['bytes of no known kind', 'data.bin', Buffer.from([1, 2, 0, 3]), 'application/octet-stream', null],
  ])('F3 %s', async (_what, name, bytes, contentType, text) => {
    expect(await readFileContent(bytes, name)).toEqual({ contentType, text });
  });

  test('F3 a long text is cut, and so is the reading of a long document', async () => {
    const { text } = await readFileContent(Buffer.from('word '.repeat(500_000)), 'long.txt');
    expect(text?.length).toBeGreaterThan(MAX_FILE_TEXT - 10);
    expect(text?.length).toBeLessThanOrEqual(MAX_FILE_TEXT);
    const pages = Array.from({ length: 80 }, (_, index) => `page ${index + 1}.`);
    const read = (await readFileContent(pdfOf(pages), 'long.pdf')).text ?? '';
    expect(read).toContain('page 50.');
    expect(read).not.toContain('page 51.');
  });
});

describe('F2 a file is what its content is', () => {
  test.each<[string, string, Buffer, string]>([
    ['a program called invoice.pdf', 'invoice.pdf', Buffer.from(`MZ${'\0'.repeat(200)}`), 'application/x-msdownload'],
    ['a page called photo.png', 'photo.png', Buffer.from('<html><script>alert(1)</script>'), 'text/plain'],
    ['a drawing with a script', 'logo.svg', Buffer.from('<?xml version="1.0"?><svg onload="x()"/>'), 'text/plain'],
    ['a photo called readme.txt', 'readme.txt', PNG, 'image/png'],
    ['an archive called letter.docx', 'letter.docx', zipOf({ 'a.txt': Buffer.from('x') }), 'application/zip'],
  ])('F2 %s', async (_what, name, bytes, contentType) => {
    expect(await readFileContent(bytes, name)).toMatchObject({ contentType });
  });

  const bomb = Buffer.alloc(101 * 1_024 * 1_024);
  test.each<[string, () => Buffer]>([
    ['a zip bomb', () => wordOf(['Hi'], { 'word/media/image1.bmp': bomb })],
    ['a zip bomb that lies about its size', () => zipOf({ 'word/document.xml': bomb }, 100)],
    ['a Word document that is cut off', () => wordOf(['Hi']).subarray(0, 300)],
    ['a Word document without words', () => zipOf({ 'word/document.xml': Buffer.from('<not xml') })],
    ['a PDF that is cut off', () => pdfOf(['Hello']).subarray(0, 40)],
    ['a PDF of garbage', () => Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(5_000, 0xa7)])],
    ['a PDF whose page unpacks to very much', () => pdfBomb()],
  ])('F2 %s has no text, and harms nobody', async (_what, bytes) => {
    expect((await readFileContent(bytes(), 'file')).text).toBeNull();
  });
});

/** A page's content of 800 MB, packed twice, which is about 1 KB. */
function pdfBomb(): Buffer {
  const packed = deflateSync(packedSpaces(100));
  const filter = '/Filter [/FlateDecode /FlateDecode]';
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources << >> >>',
    `<< /Length ${packed.length} ${filter} >>\nstream\n${packed.toString('latin1')}\nendstream`,
  ];
  const body = objects.map((object, index) => `${index + 1} 0 obj\n${object}\nendobj\n`).join('');
  return Buffer.from(`%PDF-1.4\n${body}trailer << /Root 1 0 R /Size 5 >>\n%%EOF\n`, 'latin1');
}

/** So many times 8 MB of spaces as a zlib stream, made of one packed block again and again. */
function packedSpaces(times: number): Buffer {
  const block = deflateRawSync(Buffer.alloc(8 * 1_024 * 1_024, ' '), { finishFlush: constants.Z_FULL_FLUSH });
  const [header, end] = [Buffer.from([0x78, 0x9c]), Buffer.from([3, 0, 0, 0, 0, 0])];
  return Buffer.concat([header, ...Array.from({ length: times }, () => block), end]);
}
