import type { Binary } from '@medplum/fhirtypes';
import { controlId, derivedIdentity } from '../digest.ts';
import { withdrawalText } from '../document/report-text.ts';
import { components, escaped, fieldOf, segment, segmentsOf, withFields } from './er7.ts';
import { binaryOf, er7Of } from './messages.ts';

/**
 * The message that takes back what one said. Readings are deleted (OBX-11 `D`, OBR-25 `X`). A document that may have
 * been read is replaced by one that says that it was entered in error: a cancellation (MDM^T11) is for documents that
 * nobody could read yet.
 */
export function withdrawnMessage(binary: Binary): Binary {
  const sent = er7Of(binary);
  const sentId = fieldOf(sent, 'MSH', 10) ?? '';
  const body = fieldOf(sent, 'OBR', 1) === undefined ? withdrawnDocument(sent) : withdrawnReadings(sent);
  return binaryOf(withFields(body, 'MSH', { 10: controlId(sentId, 'entered-in-error') }));
}

const withdrawnReadings = (sent: string): string =>
  withFields(withFields(sent, 'OBX', { 11: 'D' }), 'OBR', { 25: 'X' });

function withdrawnDocument(sent: string): string {
  const number = fieldOf(sent, 'TXA', 12) ?? '';
  const [entity = '', ...authority] = number.split('^');
  const next = [derivedIdentity(entity, 'entered-in-error'), ...authority].join('^');
  const code = fieldOf(sent, 'OBX', 3) ?? '';
  const lines = withdrawalText(`document ${entity}`).trimEnd().split('\n');
  const head = segmentsOf(sent).filter((line) => !line.startsWith('OBX|'));
  const text = lines.map((line, n) =>
    segment('OBX', { 1: String(n + 1), 2: 'TX', 3: code, 4: `text.${n + 1}`, 5: escaped(line), 11: 'F' }),
  );
  const type = (fieldOf(sent, 'MSH', 9) ?? '').split('^').with(1, 'T10').join('^');
  const renamed = withFields([...head, ...text].join('\r'), 'MSH', { 9: type });
  return withFields(withFields(renamed, 'EVN', { 1: components('T10') }), 'TXA', { 12: next, 13: number });
}
