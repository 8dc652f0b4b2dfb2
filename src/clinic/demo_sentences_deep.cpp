// Idioms, hard times and statements of risk in English, and how people begin and end. No pattern
// names a method, a place or a time; demo_clinic_test.cpp holds them to it.
#include <string_view>

#include "clinic/demo_sentences_tables.h"

namespace attune::clinic::tables {

namespace {
using T = std::string_view;

constexpr T kIdioms[] = {
    "This heat is killing me.",
    "I nearly died laughing when {pet} fell into the washing basket.",
    "{boss} is going to murder me when the numbers come in, ha.",
    "I'd kill for a decent cup of coffee right now.",
    "The stairs to the new flat will be the death of me.",
    "My phone died twice today, poor thing.",
    "I was dead on my feet after the move.",
    "The quiz was a bloodbath, we came last.",
    "I'm dying to hear how {friend}'s interview went.",
    "These shoes are murder on my feet.",
    "We killed time in {town} until the rain stopped.",
    "I died of embarrassment at the parents' evening.",
    "My plants have given up on life, unlike me, I bought new ones.",
    "Over my dead body will I sing at that party.",
    "That exam killed me but it's over and I'm off to eat {food}.",
    "The suspense in that series is killing us, {n} episodes left.",
};

constexpr T kDistress[] = {
    "I can't stop crying and I don't even know what set it off.",
    "Everything is too much and too loud.",
    "My heart races and I think I'm going mad.",
    "I feel completely empty, like somebody switched me off.",
    "I've let everybody down, again.",
    "I don't see how any of this gets better.",
    "I had to hide in the toilet because I couldn't breathe.",
    "Please can somebody tell me this passes, because I don't believe it.",
    "I hate what I've become.",
    "I'm at the end of my strength and the day has only just begun.",
    "I scream into a pillow so that {family} doesn't hear.",
    "It's like being behind glass, I see people talk and can't reach them.",
    "I have nothing left to give to anyone.",
    "I panic at the thought of tomorrow.",
    "I've not eaten a proper meal since {day}, it won't go down.",
    "I feel worthless and it's not just a mood, it's all the time.",
    "I'm shaking while I write this.",
    "Nobody can help me with this, I've tried everything.",
    "I feel so guilty that I can't look at my own hands.",
    "The fear comes in waves and I'm tired of swimming.",
    "I've stopped opening the curtains.",
    "I can't do another week like this one.",
    "All my thoughts go in one direction and it's down.",
    "I feel trapped, whichever way I turn there's a wall.",
};

constexpr T kRisk[] = {
    "I've been thinking about suicide, and this time it frightens me.",
    "I don't want to be alive any more.",
    "I keep thinking that everybody would be better off if I were dead.",
    "Most evenings I wish that I would not wake up.",
    "I think about ending my life, I've never written that down before.",
    "Part of me wants to die and I'm scared of that part.",
    "I can't promise that I'll keep myself safe.",
    "The thoughts of killing myself are back and they're louder than before.",
    "I don't see a reason to go on living.",
    "I've thought about how things would be without me, and it felt like relief.",
    "I want it all to end, I mean my life.",
    "I'm having thoughts of hurting myself again.",
    "Sometimes I catch myself saying goodbye to people in my head.",
    "I'm a burden to {family} and I think they'd be freer if I were gone for good.",
    "I told {friend} that I was fine, but I had been thinking about dying all day.",
    "I don't think I can stay alive like this.",
};

constexpr T kOpenings[] = {
    "Hi,",
    "Hello.",
    "Hello again.",
    "Morning.",
    "Evening!",
    "Dear team,",
    "Good day,",
    "ok so",
    "Right then.",
    "Me again.",
    "Just checking in.",
    "Quick one:",
    "Hiya!",
    "So here goes.",
    "As promised, an update.",
    "It's me.",
    "I said I'd write, so:",
    "Not sure how to begin.",
    "Hey there,",
    "To whoever reads this:",
    "Well then.",
    "Today's diary:",
    "Greetings from the sofa.",
    "Short report.",
};

constexpr T kClosings[] = {
    "Thanks for reading.",
    "That's all for now.",
    "Take care.",
    "Speak {day}.",
    "Anyway.",
    "Sorry this got long.",
    "Best wishes",
    "x",
    "No need to answer.",
    "Let me know if that's odd.",
    "Bye for now!",
    "End of moan.",
    "So there we are.",
    "I'll leave it there.",
    "Thank you for being there.",
    "More next week.",
    "Until soon.",
    "Over and out.",
    "Kind regards",
    "Cheers",
    "{pet} says hello.",
    "Back to the washing.",
    "Good night.",
    "That's me done.",
};
}  // namespace

Patterns idioms() {
  return kIdioms;
}
Patterns distressEn() {
  return kDistress;
}
Patterns riskEn() {
  return kRisk;
}
Patterns openingsEn() {
  return kOpenings;
}
Patterns closingsEn() {
  return kClosings;
}

}  // namespace attune::clinic::tables
