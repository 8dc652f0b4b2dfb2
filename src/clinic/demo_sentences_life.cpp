// What invented people write about their lives, topic by topic. See demo_sentences.h.
#include <array>
#include <string_view>

#include "clinic/demo_sentences_tables.h"

namespace attune::clinic::tables {

namespace {
using T = std::string_view;

constexpr T kWorkGood[] = {
    "I finished the report that had been sitting on me for [weeks|ages|a month].",
    "{boss} said thank you in front of everybody and I went a bit red.",
    "Took my whole lunch break outside for once, {food} on a bench.",
    "I said no to an extra shift and nothing bad happened.",
    "First {day} in a long time that I did not dread the bus to work.",
};
constexpr T kWorkPlain[] = {
    "Work is work, {n} meetings today and most of them could have been a note.",
    "They moved our desks again, I now sit next to the printer.",
    "{boss} wants the figures by {day}, I've started at least.",
    "Back to normal hours this week after the stocktake.",
    "The new person at work asks a lot of questions, I don't mind really.",
    "I'm covering for {friend} until {day}.",
};
constexpr T kWorkHard[] = {
    "I sat in the car park for twenty minutes before I could go in.",
    "{boss} pulled me up again for being slow and I just went blank.",
    "I answer mails at [midnight|one in the morning] and still I'm behind.",
    "They're talking about losing posts and I'm sure mine is one of them.",
    "I cried in the stock room on {day}, nobody saw, I think.",
    "Every time the work phone buzzes my stomach turns over.",
};
constexpr T kSleepGood[] = {
    "Slept right through, woke up before the alarm and felt almost rested.",
    "Leaving the phone in the kitchen really does help.",
    "{n} decent nights in a row, I hardly dare write it down.",
    "Had a nap with {pet} on my feet and didn't feel guilty.",
    "I read {n} pages and was gone, that never happens.",
};
constexpr T kSleepPlain[] = {
    "Went to bed at eleven, up at six, so-so.",
    "The sleep diary is filled in up to {day}.",
    "Woke once around four but dropped off again.",
    "Trying the same bedtime every night, dull but fine.",
    "Neighbours were loud, so it was earplugs again.",
    "No coffee after lunch this week, let's see if it does anything.",
};
constexpr T kSleepHard[] = {
    "Awake from two until it got light, again.",
    "I lie there and go through everything I ever said wrong.",
    "I'm so tired that words swim, then at night I'm wide awake.",
    "I've started to be afraid of my own bed, if that makes sense.",
    "{n} hours if I add the bits together.",
    "The nights are the longest part of the day now.",
};
constexpr T kExamsGood[] = {
    "I passed the resit, I actually passed it!",
    "Revised for two hours in the library with {friend} and then we stopped, as planned.",
    "The tutor said my draft reads well.",
    "I left the exam hall without feeling sick, that's new.",
    "Made a plan for the term on one sheet of paper and it looks doable.",
};
constexpr T kExamsPlain[] = {
    "{n} modules left to revise before {day}.",
    "Lecture was moved online, so I watched it in my pyjamas.",
    "Group work, and as always two of us do it.",
    "I have the timetable now, first paper is in the morning.",
    "Back in halls, the heating works at least.",
    "Asked for an extension, waiting to hear.",
};
constexpr T kExamsHard[] = {
    "I read the same page over and over and nothing stays.",
    "Everyone else seems to have this sorted, I just look busy.",
    "My hands shook so much that I couldn't write my name on the paper.",
    "If I fail this I don't know how to tell {family}.",
    "I've skipped {n} seminars because I can't face being asked something.",
    "It's all I think about, even brushing my teeth I'm counting days.",
};
constexpr T kLonelyGood[] = {
    "The woman from number {n} knocked and we had tea for an hour.",
    "I went to the {hobby} group and stayed until the end.",
    "{friend} rang out of the blue, we laughed like we used to.",
    "Said good morning to three people on my walk, counting it.",
    "I've been asked to come again next {day}.",
};
constexpr T kLonelyPlain[] = {
    "Quiet week, I mostly pottered about with {pet}.",
    "Radio on, soup on, that's my evening.",
    "I thought about ringing {friend}, maybe at the weekend.",
    "Went to the shop twice, partly for the chat at the till.",
    "There's a notice for a {hobby} group in {town}, I took a photo of it.",
    "{family} comes by every second {day} usually.",
};
constexpr T kLonelyHard[] = {
    "I haven't spoken out loud to anybody since {day}.",
    "It was my birthday and the phone stayed quiet.",
    "I set two plates out of habit and then had to sit down.",
    "I don't think anybody would notice if I didn't turn up anywhere.",
    "Sundays are like walking through wet sand.",
    "I scroll through old photos to hear voices in my head.",
};
constexpr T kBabyGood[] = {
    "She smiled at me today, a proper one, not wind.",
    "We made it to the baby group in {town} and only arrived {n} minutes late.",
    "{partner} took the night feeds and I slept for five hours, five!",
    "I had a shower, a hot one, with the door shut.",
    "The health visitor says the little one is growing well and I believed her.",
};
constexpr T kBabyPlain[] = {
    "Teething has begun, so has my collection of cold spoons.",
    "{family} is here until {day} to help.",
    "Walked round the block with the pram, it's how we both nap.",
    "Appointment for the jabs is on {day}.",
    "We've gone up a nappy size, how is that possible.",
    "Trying bottle and breast in turns, jury's out.",
};
constexpr T kBabyHard[] = {
    "The baby cries and I cry and then we both just stop.",
    "I love her and I feel nothing, both at the same time, and I'm ashamed of it.",
    "Everyone says enjoy it and I count the minutes until {partner} is home.",
    "I keep checking whether she's breathing, {n} times a night.",
    "I don't recognise the person in the bathroom mirror.",
    "I feel like I've been handed somebody else's life and the return desk is shut.",
};
constexpr T kDebtsGood[] = {
    "The payment plan went through, one letter less to be scared of.",
    "I opened all the envelopes with {friend} next to me.",
    "First month that something was left over, only a little.",
    "The advice centre in {town} was kind, I had expected to be told off.",
    "I know the whole figure now, and knowing is better than guessing.",
};
constexpr T kDebtsPlain[] = {
    "Wrote down what I spend for a week, mostly {food} and bus fares.",
    "Waiting for the council to answer about the arrears.",
    "Cancelled two subscriptions I had forgotten about.",
    "{n} forms to fill in before {day}.",
    "Sold the bike, got a fair price.",
    "The bank moved my appointment to {day}.",
};
constexpr T kDebtsHard[] = {
    "Another red letter, I put it in the drawer with the others.",
    "The phone rings from numbers I don't know and I freeze.",
    "I told the kids we're having a picnic indoors because the card was declined.",
    "I do sums in my head all night and they never come out.",
    "I can't look {family} in the eye while I owe them.",
    "I feel like a failure each time I stand at a till.",
};
}  // namespace

constexpr std::array<std::array<Patterns, 3>, 6> kFirst{{
    {kWorkGood, kWorkPlain, kWorkHard},
    {kSleepGood, kSleepPlain, kSleepHard},
    {kExamsGood, kExamsPlain, kExamsHard},
    {kLonelyGood, kLonelyPlain, kLonelyHard},
    {kBabyGood, kBabyPlain, kBabyHard},
    {kDebtsGood, kDebtsPlain, kDebtsHard},
}};

const std::array<std::array<Patterns, 3>, 6>& firstTopics() {
  return kFirst;
}

}  // namespace attune::clinic::tables
