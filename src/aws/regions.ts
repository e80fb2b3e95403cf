import { partitionOfRegion } from './partitions.ts';

/**
 * The known regions by partition, then by jurisdiction (`EU`, otherwise an ISO 3166 country). Sources: AWS SDKs,
 * `partitions.json`, for the regions; AWS Regions and Availability Zones, "List of AWS Regions", for their locations. A
 * new region needs an entry here and nowhere else; until then it is accepted with a warning.
 */
const REGIONS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  aws: {
    US: ['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2'],
    CA: ['ca-central-1', 'ca-west-1'],
    MX: ['mx-central-1'],
    BR: ['sa-east-1'],
    CL: ['sa-west-1'],
    EU: ['eu-west-1', 'eu-west-3', 'eu-central-1', 'eu-north-1', 'eu-south-1', 'eu-south-2'],
    GB: ['eu-west-2'],
    CH: ['eu-central-2'],
    ZA: ['af-south-1'],
    IL: ['il-central-1'],
    BH: ['me-south-1'],
    AE: ['me-central-1'],
    SA: ['me-west-1'],
    IN: ['ap-south-1', 'ap-south-2'],
    JP: ['ap-northeast-1', 'ap-northeast-3'],
    KR: ['ap-northeast-2'],
    HK: ['ap-east-1'],
    TW: ['ap-east-2'],
    SG: ['ap-southeast-1'],
    ID: ['ap-southeast-3'],
    MY: ['ap-southeast-5'],
    TH: ['ap-southeast-7'],
    AU: ['ap-southeast-2', 'ap-southeast-4'],
    NZ: ['ap-southeast-6'],
  },
  'aws-cn': { CN: ['cn-north-1', 'cn-northwest-1'] },
  'aws-us-gov': { US: ['us-gov-west-1', 'us-gov-east-1'] },
  'aws-iso': { US: ['us-iso-east-1', 'us-iso-west-1'] },
  'aws-iso-b': { US: ['us-isob-east-1', 'us-isob-west-1'] },
  'aws-iso-e': { GB: ['eu-isoe-west-1'] },
  'aws-iso-f': { US: ['us-isof-east-1', 'us-isof-south-1'] },
  'aws-eusc': { EU: ['eusc-de-east-1'] },
};

const KNOWN = new Set(Object.values(REGIONS).flatMap((places) => Object.values(places).flat()));

/** Not a region, but a name that the SDKs accept as one for services with a global endpoint. */
export const GLOBAL_REGION = 'aws-global';

/** The region for which requests to the global endpoint of STS are signed. */
export const SIGNING_REGION_OF_GLOBAL = 'us-east-1';

export function isKnownRegion(code: string): boolean {
  return KNOWN.has(code) || code === GLOBAL_REGION;
}

/** The known regions of the same partition and jurisdiction, the region itself included; empty for an unknown region. */
export function regionsOfSameLaw(code: string): readonly string[] {
  const places = Object.values(REGIONS[partitionOfRegion(code).id] ?? {});
  return places.find((regions) => regions.includes(code)) ?? [];
}

/** A warning for each region that is not known. */
export function remarksOnRegions(region: string, others: readonly string[]): string[] {
  const unknown = [...new Set([region, ...others])].filter((code) => !isKnownRegion(code));
  return unknown.map(
    (code) =>
      `This version of the action does not know the region ${code}. If it is not a new region, correct its name.${code === region ? ' It has no fallback regions.' : ''}`,
  );
}

/** Area, direction and number of a region code. */
const SHAPE =
  /^([a-z]{2,4}(?:-[a-z]+)*)-(?:north|south|east|west|central|(?:north|south)(?:east|west))-\d{1,2}$/;
const AREAS = new Set([...KNOWN].map((code) => SHAPE.exec(code)?.[1] ?? ''));

/** Codes that differ by more changes are not similar. */
const MAX_CHANGES = 2;

/** The region that a misspelt code means; undefined for a code that is known or may be newer (`eu-west-9`). */
export function regionMeantBy(code: string): string | undefined {
  const area = SHAPE.exec(code)?.[1];
  if (area === undefined) return nearestRegion(code);
  // Two letters can be a new area, unless they are the letters of a known area in reverse order.
  const swapped = AREAS.has(`${area[1]}${area[0]}${area.slice(2)}`);
  return AREAS.has(area) || (area.length === 2 && !swapped) ? undefined : nearestRegion(code);
}

/** The known region with the most similar code; undefined when none is similar. */
export function nearestRegion(text: string): string | undefined {
  const written = text
    .toLowerCase()
    .replaceAll(/[\s_.]+/g, '-')
    // The letter of an Availability Zone.
    .replace(/(\d)[a-z]$/, '$1')
    .slice(0, 32);
  const letters = (code: string) => [...code].sort().join();
  const mixed = (code: string) => Number(letters(code) === letters(written));
  const [nearest] = [...KNOWN]
    .map((code) => ({ code, changes: changesBetween(written, code) }))
    .filter(({ changes }) => changes <= MAX_CHANGES)
    // `ue-west-1` is as similar to us-west-1 as to eu-west-1, but has the letters of eu-west-1.
    .sort((one, other) => one.changes - other.changes || mixed(other.code) - mixed(one.code));
  return nearest?.code;
}

/** The number of letters to add, remove, replace or swap that turn one text into the other (optimal string alignment). */
function changesBetween(one: string, other: string): number {
  const rows = [Array.from({ length: other.length + 1 }, (_, index) => index)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 1; row <= one.length; row++) {
    const changes = [row];
    rows.push(changes);
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1];
      const swapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      changes[column] = Math.min(
        at(row - 1, column) + 1,
        at(row, column - 1) + 1,
        at(row - 1, column - 1) + (same ? 0 : 1),
        swapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
  }
  return at(one.length, other.length);
}
