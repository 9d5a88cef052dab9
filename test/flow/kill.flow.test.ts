import { rm } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { mrnSystem } from './events.ts';
import { admit, openHospital } from './hospital.ts';
import { killLoop, patientsOfLoop } from './kill-loop.ts';
import { deploy } from './serving.ts';
import { inStep } from './standing.ts';

const kills = Number(process.env.ITB_KILLS ?? 20);
const seed = Number(process.env.ITB_KILL_SEED ?? Date.now() % 1_000_000);

it(
  'a service killed at any moment loses nothing that it acknowledged, and sends nothing twice',
  async () => {
    const hospital = await openHospital();
    await admit(hospital, mrnSystem, patientsOfLoop({ kills }));
    const deployment = await deploy(hospital);
    const report = await killLoop(hospital, deployment, { kills, seed, longestLifeMs: 1_200 });
    const slowestMs = Math.round(Math.max(...report.startMs));
    console.log(
      `seed ${seed}: ${kills} kills (${report.midRequest} mid-request), ${report.acknowledged} events acknowledged, ` +
        `slowest start ${slowestMs} ms`,
    );
    expect(report.lost).toEqual([]);
    expect(report.standing).toEqual(inStep);
    expect(report.acknowledged).toBe(9 * patientsOfLoop({ kills }).length);
    await hospital.sandbox.close();
    await rm(deployment.folder, { recursive: true });
  },
  12_000 * kills,
);
