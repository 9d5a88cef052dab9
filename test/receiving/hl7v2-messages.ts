/** HL7 v2 messages of an invented hospital, as its engine writes them. */

export interface Stated {
  readonly controlId?: string;
  readonly order?: string;
  readonly mrn?: string;
  readonly doseUgPerDay?: number;
  readonly at?: string;
  /** OBR-25. */
  readonly status?: string;
  readonly changedAt?: string;
  readonly processing?: string;
  readonly version?: string;
  readonly type?: string;
  /** MSH-15 and MSH-16. */
  readonly acks?: readonly [string, string];
}

export function doseChangeMessage({
  controlId = 'M1',
  order = 'O1',
  mrn = 'MRN1',
  doseUgPerDay = 220,
  at = '20240603101500-0500',
  status = 'F',
  changedAt = '',
  processing = 'T',
  version = '2.5.1',
  type = 'ORU^R01^ORU_R01',
  acks = ['', ''],
}: Stated = {}): string {
  const mode = `OBX|1|CWE|infusion-mode^Infusion mode^99ITB|1|simple-continuous^Simple^99ITB||||||F|||${at}||||SN${mrn}^^^Medtronic`;
  const segments = [
    `MSH|^~\\&|EPIC|STJUDE|ITB|REG|${at}||${type}|${controlId}|${processing}|${version}|||${acks[0]}|${acks[1]}||UNICODE UTF-8`,
    `PID|1||${mrn}^^^STJUDE^MR||Rivera^Ana||20130214|F`,
    `OBR|1|P${order}^EPIC|${order}^EPIC|ITB-PROG^Programming^99ITB|||${at}|||||||||||||||${changedAt}|||${status}`,
    mode,
    `OBX|2|NM|total-daily-dose^Total daily dose^99ITB|1|${doseUgPerDay}|ug/d^ug/d^UCUM|||||F|||${at}`,
    `OBX|3|NM|drug-concentration^Concentration^99ITB|1|2000|ug/mL^ug/mL^UCUM|||||F|||${at}`,
  ];
  return `${segments.join('\r')}\r`;
}

export function mergeMessage(
  survivor: string,
  ended: string,
  controlId = `MERGE-${ended}`,
  at = '20240610080000-0500',
) {
  const segments = [
    `MSH|^~\\&|ADT|STJUDE|ITB|REG|${at}||ADT^A40^ADT_A39|${controlId}|T|2.5.1`,
    `EVN|A40|${at}`,
    `PID|1||${survivor}^^^STJUDE^MR`,
    `MRG|${ended}^^^STJUDE^MR`,
  ];
  return `${segments.join('\r')}\r`;
}

/** The identifier system that the shipped field maps give to this hospital. */
export const mrnSystemOfMaps = 'urn:oid:2.16.840.1.113883.19.5';
