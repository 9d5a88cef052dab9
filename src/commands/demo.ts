import { runDemo } from '../demo.ts';
import { stopSignal } from './stop-signal.ts';

export async function demo(mode: 'once' | 'keep-serving', port: number): Promise<number> {
  const stopped = stopSignal();
  const running = await runDemo(port, (line) => console.log(line));
  console.log(`\n${running.report}\n`);
  console.log(running.landed ? 'Everything landed.' : 'Not everything landed.');
  if (mode === 'keep-serving') {
    console.log('Serving until Ctrl-C. Invented patients only; nothing is kept.');
    await stopped;
  }
  await running.stop();
  return running.landed ? 0 : 1;
}
