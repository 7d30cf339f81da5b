import type { Company } from '../data/company.ts';

export type StandInRole = 'VIEWER' | 'ANALYST' | 'OPERATOR' | 'ADMIN';

export interface Person {
  readonly subject: string;
  readonly name: string;
  readonly email: string;
  /** As providers write them; the identity provider knows nothing of the graph's own spelling. */
  readonly roles: readonly string[];
}

const withoutCompany: readonly { name: string; email: string }[] = [
  { name: 'Ines Albrecht', email: 'ines.albrecht@brightwell.example' },
  { name: 'Tomás Ferreira', email: 'tomas.ferreira@brightwell.example' },
  { name: 'Priya Raman', email: 'priya.raman@brightwell.example' },
  { name: 'Oskar Lindqvist', email: 'oskar.lindqvist@brightwell.example' },
];

/** One person for each role: people who work in Salesforce too, when a company is given. */
export function peopleByRole(company: Company | undefined): Readonly<Record<StandInRole, Person>> {
  const staff = (company?.salesforce.User ?? [])
    .filter((user) => user.IsActive === true)
    .map((user) => ({ name: String(user.Name), email: String(user.Email) }));
  const candidates = staff.length >= withoutCompany.length ? staff : withoutCompany;
  const person = (index: number, role: string): Person => {
    const { name, email } = candidates[index] ?? { name: role, email: `${role}@brightwell.example` };
    return { subject: `user-${role}`, name, email, roles: [role] };
  };
  return {
    VIEWER: person(0, 'viewer'),
    ANALYST: person(1, 'analyst'),
    OPERATOR: person(2, 'operator'),
    ADMIN: person(3, 'admin'),
  };
}
