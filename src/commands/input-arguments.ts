import { type Command, Option } from 'commander';
import type { Format } from '../intake/item.ts';
import type { InputOptions } from './input-file.ts';

/** What every command takes that reads files of events. */
export interface InputArguments {
  format?: Format;
  source?: string;
  encoding?: string;
  delimiter?: string;
  sourceSystem?: string;
}

const formats: readonly Format[] = ['json', 'ndjson', 'csv', 'hl7v2', 'fhir'];

/** Adds files and how they are to be read. */
export const takingFiles = (command: Command): Command =>
  command
    .argument('<file...>', 'JSON, NDJSON, CSV, HL7 v2 or FHIR files, or the folder of an export; - for standard input')
    .addOption(new Option('--format <name>', 'format of the files (default: as they show)').choices(formats))
    .option('--source <name>', 'field map to read CSV or HL7 v2 by (default: the one that fits)')
    .option('--encoding <name>', 'of CSV and HL7 v2, e.g. windows-1252 (default: as the file shows)')
    .option('--delimiter <character>', 'of CSV (default: as the header shows)')
    .option('--source-system <uri>', 'source system, where neither the file nor its field map names one');

export const inputOptions = ({ format, source, encoding, delimiter, sourceSystem }: InputArguments): InputOptions => ({
  ...{ format, source, encoding, sourceSystem },
  delimiter: delimiter === '\\t' ? '\t' : delimiter,
});
