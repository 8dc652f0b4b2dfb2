// A person, an account and a resource are never taken for one another.
#include "base/ids.h"

namespace attune::base {

PersonId mix(const AccountId& account, const PersonId& person, const ResourceId& resource) {
#ifdef CONTROL
  static_cast<void>(account == account);
  static_cast<void>(resource == resource);
  return person;
#else
  static_cast<void>(account == person);  // must fail: no match for .operator==
  const AccountId wrong = resource;      // must fail: conversion from
  static_cast<void>(wrong);
  return account;  // must fail: could not convert
#endif
}

}  // namespace attune::base
