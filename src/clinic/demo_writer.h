// Turns patterns into what a person writes.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "clinic/demo_people.h"

namespace attune::clinic {

// Keeps what has been written in the clinic, so that nothing is said over and over.
class Said {
 public:
  bool isNew(const std::string& text) const { return !texts_.contains(text); }
  void add(const std::string& text) { texts_.insert(text); }

 private:
  std::set<std::string> texts_;
};

// Chooses among "[a|b]" and fills the blanks; the first letter becomes a capital.
std::string expand(std::string_view pattern, const Person& person, Dice& dice);

// Writes as one person does.
class Writer {
 public:
  // All outlive the writer.
  Writer(const Person& person, Said& said, Dice& dice)
      : person_(person), said_(said), dice_(dice) {}

  // severity: 0 (well) .. 1 (very unwell) colours the sentences around what `intent` asks for.
  std::string message(DemoIntent intent, double severity);
  // How staff answer the last message.
  Reply replyToLast() const { return reply_; }

 private:
  std::string compose(DemoIntent intent, double severity);
  std::string life(double severity);
  // Of a few at random the one this person has used least, and not yet in this message.
  std::string_view rarest(Patterns from);

  const Person& person_;
  Said& said_;
  Dice& dice_;
  std::map<const char*, int> used_;
  std::set<const char*> inThis_;
  Reply reply_ = Reply::plain;
};

// What a member of staff answers, signed with their given name. Empty when nothing new can be said;
// a statement of risk is answered all the same.
std::string staffReply(const Person& to, std::string_view staffGivenName, Reply reply, Said& said,
                       Dice& dice);

}  // namespace attune::clinic
