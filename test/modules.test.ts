// Module names from places among packages.
import { describe, expect, test } from 'vitest';
import { isPackageFile, moduleNames } from '../src/1-discover/modules.js';

/** Names of a path in a project with an `__init__.py` in each of the folders. */
const names = (path: string, ...packages: string[]) => moduleNames(path, folder => packages.includes(folder));

describe('what must not be claimed', () => {
  test('a module in a package is not importable by its own name: pkg/types.py is not types', () => {
    expect(names('shop/types.py', 'shop')).toEqual(['shop.types']);
    expect(names('shop/io/logging.py', 'shop', 'shop/io')).toEqual(['shop.io.logging']);
  });

  test('a file that no import reaches keeps its path', () => {
    expect(names('bin/shop')).toEqual(['bin/shop']);
    expect(names('shop/a.b.py', 'shop')).toEqual(['shop/a.b.py']);
  });

  test('no name leads through a folder that is no identifier', () => {
    expect(names('my-service/app/models.py')).toEqual(['app.models', 'models']);
    expect(names('examples/01-intro/main.py')).toEqual(['main']);
    expect(names('packages/my-lib/shop/cart.py', 'packages/my-lib/shop')).toEqual(['shop.cart']);
  });
});

describe('regular packages', () => {
  test('names start at the top-most package', () => {
    expect(names('shop/__init__.py', 'shop')).toEqual(['shop']);
    expect(names('shop/cart/models.py', 'shop', 'shop/cart')).toEqual(['shop.cart.models']);
    expect(names('shop/cart/__init__.py', 'shop', 'shop/cart')).toEqual(['shop.cart']);
  });

  test('a src folder, and a backend folder, are import roots', () => {
    expect(names('src/shop/models.py', 'src/shop')[0]).toBe('shop.models');
    expect(names('backend/shop/models.py', 'backend/shop')).toEqual(['shop.models', 'backend.shop.models']);
    expect(names('packages/core/src/shop/models.py', 'packages/core/src/shop')[0]).toBe('shop.models');
  });

  test('src is a package itself when it has an __init__.py', () => {
    expect(names('src/shop/models.py', 'src', 'src/shop')).toEqual(['src.shop.models']);
    expect(names('shop/src/models.py', 'shop', 'shop/src')).toEqual(['shop.src.models']);
  });

  test('a folder without __init__.py inside a package belongs to it', () => {
    expect(names('shop/plugins/mail.py', 'shop')).toEqual(['shop.plugins.mail']);
    expect(names('lib/shop/plugins/mail.py', 'lib/shop')[0]).toBe('shop.plugins.mail');
  });

  test('a package whose folder is no identifier keeps it, so that relative imports meet', () => {
    expect(names('shop-nodes/__init__.py', 'shop-nodes')[0]).toBe('shop-nodes');
    expect(names('shop-nodes/cart.py', 'shop-nodes')[0]).toBe('shop-nodes.cart');
    expect(names('shop.v2/cart.py', 'shop.v2')[0]).toBe('shop-v2.cart');
  });

  test('the root being a package: its submodules have no prefix', () => {
    expect(names('__init__.py', '')).toEqual(['__init__']);
    expect(names('models.py', '')).toEqual(['models']);
    expect(names('cart/models.py', '', 'cart')).toEqual(['cart.models']);
  });
});

describe('namespace packages and scripts', () => {
  test('a script may be imported from its own folder or from the root', () => {
    expect(names('scripts/tool.py')).toEqual(['scripts.tool', 'tool']);
    expect(names('setup.py')).toEqual(['setup']);
    expect(names('scripts/my-tool.py')[0]).toBe('scripts.my-tool');
  });

  test('below src names are counted from there', () => {
    expect(names('src/acme/cloud/storage.py')).toEqual([
      'acme.cloud.storage',
      'src.acme.cloud.storage',
      'cloud.storage',
      'storage',
    ]);
    const packages = ['src/acme/cloud/storage'];
    expect(names('src/acme/cloud/storage/blob.py', ...packages)[0]).toBe('acme.cloud.storage.blob');
  });

  test('outside src the package is likeliest, and the namespace is offered', () => {
    expect(names('acme/cloud/storage/blob.py', 'acme/cloud/storage')).toEqual([
      'storage.blob',
      'acme.cloud.storage.blob',
      'cloud.storage.blob',
    ]);
  });
});

test('suffixes and letters', () => {
  expect(names('shop/models.pyi', 'shop')).toEqual(['shop.models']);
  expect(names('shop/gui.pyw', 'shop')).toEqual(['shop.gui']);
  expect(names('café/größe.py', 'café')).toEqual(['café.größe']);
  expect(['a/__init__.py', '__init__.pyi', 'a/init.py', 'a__init__.py'].map(isPackageFile)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
