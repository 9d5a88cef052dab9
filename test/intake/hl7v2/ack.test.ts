import { describe, expect, it } from 'vitest';
import { problem } from '../../../src/event/problem.ts';
import { type AckStyle, acknowledgements, type Hl7Outcome, hl7Time } from '../../../src/intake/hl7v2/ack.ts';
import { type Hl7Header, headerOf } from '../../../src/intake/hl7v2/header.ts';

const stamp = () => ({ controlId: 'ACK1', at: Temporal.Instant.from('2026-11-03T16:15:30.5Z') });
const accepted: Hl7Outcome = { verdict: 'accepted', problems: [] };
const unmapped = problem('code-unmapped', 'no row for it', { segment: 'OBX[3]', field: 'OBX-5.1' });
const refused: Hl7Outcome = { verdict: 'error', problems: [unmapped] };
const rejected: Hl7Outcome = {
  verdict: 'rejected',
  problems: [problem('message-type-unsupported', 'not read here', { segment: 'MSH[1]', field: 'MSH-9.2' })],
};

function message(accept = '', application = '', version = '2.5.1', type = 'ORU^R01^ORU_R01'): Hl7Header {
  const msh = `MSH|^~\\&|EPIC^1|STJUDE|ITB|REG|20261103||${type}|M1|P|${version}|||${accept}|${application}||UNICODE UTF-8`;
  return headerOf(msh) as Hl7Header;
}

const lines = (header: Hl7Header, outcome: Hl7Outcome) =>
  acknowledgements(header, outcome, stamp, 'as-asked').map(({ text }) => text.split('\r'));
const codes = (header: Hl7Header, outcome: Hl7Outcome, style: AckStyle = 'as-asked') =>
  acknowledgements(header, outcome, stamp, style).map(({ level, code }) => `${level} ${code}`);

describe('the answer in original mode', () => {
  it('goes back to who sent it, in its version and character set', () => {
    expect(lines(message(), accepted)).toEqual([
      [
        'MSH|^~\\&|ITB|REG|EPIC^1|STJUDE|20261103161530.500+0000||ACK^R01^ACK|ACK1|P|2.5.1||||||UNICODE UTF-8',
        'MSA|AA|M1',
        '',
      ],
    ]);
  });

  it('to refused data is AE with the place, the kind of error, our code, and words without a value', () => {
    expect(lines(message(), refused)[0]?.slice(1)).toEqual([
      'MSA|AE|M1',
      'ERR||OBX^3^5^1^1|103^Table value not found^HL70357|E|code-unmapped^^L|||no row for it. Add the code to the ConceptMap, or correct it at the source.',
      '',
    ]);
  });

  it('to another type of message is AR', () => {
    expect(lines(message(), rejected)[0]?.slice(1, 3)).toEqual([
      'MSA|AR|M1',
      'ERR||MSH^1^9^1^2|200^Unsupported message type^HL70357|E|message-type-unsupported^^L|||not read here. Send ORU^R01, RAS^O17, MDM^T02, ADT^A34, ADT^A40 or ADT^A47.'.replaceAll(
        'Send ORU^R01, RAS^O17, MDM^T02, ADT^A34, ADT^A40 or ADT^A47.',
        'Send ORU\\S\\R01, RAS\\S\\O17, MDM\\S\\T02, ADT\\S\\A34, ADT\\S\\A40 or ADT\\S\\A47.',
      ),
    ]);
  });

  it('before HL7 2.5 has its error in one field, and its text in MSA', () => {
    expect(lines(message('', '', '2.3', 'ORU^R01'), refused)).toEqual([
      [
        'MSH|^~\\&|ITB|REG|EPIC^1|STJUDE|20261103161530.500+0000||ACK^R01|ACK1|P|2.3||||||UNICODE UTF-8',
        'MSA|AE|M1|no row for it',
        'ERR|OBX^3^5^code-unmapped&no row for it&L',
        '',
      ],
    ]);
  });

  it('is written in the separators of the sender', () => {
    const header = headerOf('MSH$%*!@#$APP$FAC$ME$HERE$2026$$ORU%R01$M1$T$2.7') as Hl7Header;
    expect(lines(header, refused)[0]?.slice(0, 3)).toEqual([
      'MSH$%*!@#$ME$HERE$APP$FAC$20261103161530.500+0000$$ACK%R01$ACK1$T$2.7',
      'MSA$AE$M1',
      'ERR$$OBX%3%5%1%1$103%Table value not found%HL70357$E$code-unmapped%%L$$$no row for it. Add the code to the ConceptMap, or correct it at the source.',
    ]);
  });

  it('tells the first fifty of many faults', () => {
    const many = { verdict: 'error' as const, problems: Array.from({ length: 80 }, () => unmapped) };
    expect(lines(message(), many)[0]?.filter((line) => line.startsWith('ERR'))).toHaveLength(50);
  });

  it('leaves the place out where there is none', () => {
    const nowhere = { verdict: 'error' as const, problems: [problem('hl7-unreadable', 'no', { row: 7 })] };
    expect(lines(message(), nowhere)[0]?.[2]).toMatch(
      /^ERR\|\|\|100\^Segment sequence error\^HL70357\|E\|hl7-unreadable/,
    );
  });
});

describe('the answers in enhanced mode', () => {
  it.each([
    ['AL', 'AL', ['accept CA', 'application AA'], ['accept CA', 'application AE'], ['accept CR', 'application AR']],
    ['AL', 'NE', ['accept CA'], ['accept CE'], ['accept CR']],
    ['AL', '', ['accept CA'], ['accept CE'], ['accept CR']],
    ['NE', 'AL', ['application AA'], ['application AE'], ['application AR']],
    ['', 'AL', ['application AA'], ['application AE'], ['application AR']],
    ['NE', 'ER', [], ['application AE'], ['application AR']],
    ['ER', 'NE', [], ['accept CE'], ['accept CR']],
    ['SU', 'NE', ['accept CA'], [], []],
    ['SU', 'SU', ['accept CA', 'application AA'], [], []],
    ['ER', 'SU', ['application AA'], ['accept CE'], ['accept CR']],
    ['AL', 'ER', ['accept CA'], ['accept CA', 'application AE'], ['accept CR', 'application AR']],
    ['NE', 'NE', [], [], []],
  ])('MSH-15 %s, MSH-16 %s', (accept, application, onSuccess, onError, onReject) => {
    const header = message(accept, application);
    expect(codes(header, accepted)).toEqual(onSuccess);
    expect(codes(header, refused)).toEqual(onError);
    expect(codes(header, rejected)).toEqual(onReject);
  });

  it('are never to be acknowledged themselves', () => {
    expect(lines(message('AL', 'NE'), accepted)[0]?.[0]?.split('|').slice(14, 16)).toEqual(['NE', 'NE']);
  });
});

it('times of ours are UTC, and say so', () => {
  expect(hl7Time(Temporal.Instant.from('2026-11-03T16:15:30Z'))).toBe('20261103161530.000+0000');
});

describe('one answer', () => {
  it.each([
    ['', '', accepted, ['application AA']],
    ['AL', 'NE', accepted, ['application AA']],
    ['AL', 'AL', accepted, ['application AA']],
    ['NE', 'AL', refused, ['application AE']],
    ['AL', 'NE', refused, ['application AE']],
    ['AL', '', rejected, ['application AR']],
    ['ER', 'NE', accepted, []],
    ['ER', 'NE', refused, ['application AE']],
    ['SU', 'NE', refused, []],
    ['NE', 'SU', accepted, ['application AA']],
    ['NE', 'NE', rejected, []],
  ] as const)(
    'to MSH-15 %j and MSH-16 %j says what became of the message',
    (accept, application, outcome, expected) => {
      expect(codes(message(accept, application), outcome, 'one-answer')).toEqual(expected);
    },
  );
});
