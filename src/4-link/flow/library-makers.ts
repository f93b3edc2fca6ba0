// Functions and methods of the standard library that make the object they give, and its class.
import { lastPart, withoutLast } from '../../model/dotted.js';

/** The class of modules. */
export const MODULE = 'types.ModuleType';

/** An argument that may be what is given back, or that may make it. */
export interface Own {
  readonly keyword: string;
  readonly place: number;
}

export interface Maker {
  /** The class of what it gives, or one above that. */
  readonly gives: string;
  /** It gives a tuple of that and of data. */
  readonly leads: boolean;
  readonly own: Own | null;
  /** Other methods of the object that have a hand in it. */
  readonly by: readonly string[];
}

const own = (keyword: string, place: number): Own => ({ keyword, place });
const makers = (
  gives: string,
  dotted: string,
  how: Partial<Omit<Maker, 'gives'>> = {},
): (readonly [string, Maker])[] =>
  dotted.split(' ').map(name => [name, { gives, leads: false, own: null, by: [], ...how }]);

/** Functions and methods by their dotted names (test/library-objects.test.ts asks real interpreters). */
export const MAKERS: ReadonlyMap<string, Maker> = new Map([
  ...makers(
    'argparse.Namespace',
    'argparse.ArgumentParser.parse_args argparse.ArgumentParser.parse_intermixed_args',
    { own: own('namespace', 1), by: ['parse_known_args'] },
  ),
  ...makers(
    'argparse.Namespace',
    'argparse.ArgumentParser.parse_known_args argparse.ArgumentParser.parse_known_intermixed_args',
    { own: own('namespace', 1), leads: true },
  ),
  ...makers('argparse._SubParsersAction', 'argparse.ArgumentParser.add_subparsers', {
    own: own('action', Number.POSITIVE_INFINITY),
  }),
  ...makers(
    'argparse.Action',
    'argparse.ArgumentParser.add_argument argparse._ArgumentGroup.add_argument ' +
      'argparse._MutuallyExclusiveGroup.add_argument',
    { own: own('action', Number.POSITIVE_INFINITY) },
  ),
  ...makers('argparse.ArgumentParser', 'argparse._SubParsersAction.add_parser'),
  ...makers('argparse._ArgumentGroup', 'argparse.ArgumentParser.add_argument_group'),
  ...makers(
    'argparse._MutuallyExclusiveGroup',
    'argparse.ArgumentParser.add_mutually_exclusive_group argparse._ArgumentGroup.add_mutually_exclusive_group',
  ),
  ...makers('optparse.Values', 'optparse.OptionParser.parse_args', {
    own: own('values', 1),
    leads: true,
    by: ['get_default_values'],
  }),
  ...makers('ssl.SSLContext', 'ssl.create_default_context'),
  ...makers('sqlite3.Connection', 'sqlite3.connect', { own: own('factory', 5) }),
  ...makers('subprocess.CompletedProcess', 'subprocess.run'),
  ...makers('decimal.Context', 'decimal.getcontext'),
  ...makers('threading.Thread', 'threading.current_thread threading.main_thread'),
  ...makers('ast.AST', 'ast.parse'),
  ...makers('xml.etree.ElementTree.Element', 'xml.etree.ElementTree.fromstring xml.etree.ElementTree.XML', {
    own: own('parser', 1),
  }),
  ...makers('xml.etree.ElementTree.ElementTree', 'xml.etree.ElementTree.parse', { own: own('parser', 1) }),
  ...makers('xml.dom.minidom.Document', 'xml.dom.minidom.parse xml.dom.minidom.parseString'),
  ...makers(
    'importlib.machinery.ModuleSpec',
    'importlib.util.find_spec importlib.util.spec_from_file_location',
  ),
  ...makers(MODULE, 'builtins.__import__ importlib.import_module'),
]);

/** Whether a method of a class of the library makes what it gives. */
export const isMaker = (type: string, name: string): boolean => MAKERS.has(`${type}.${name}`);

/** What they are called, without the names before it. */
export const MAKER_NAMES: ReadonlySet<string> = new Set([...MAKERS.keys()].map(lastPart));

const HOLDERS: ReadonlySet<string> = new Set([...MAKERS.keys()].map(withoutLast));

/** Whether some method of a class of the library makes what it gives. */
export const hasMakers = (type: string): boolean => HOLDERS.has(type);
