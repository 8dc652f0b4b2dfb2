// What invented people write about their lives, the other topics. See demo_sentences.h.
#include <array>
#include <string_view>

#include "clinic/demo_sentences_tables.h"

namespace attune::clinic::tables {

namespace {
using T = std::string_view;

constexpr T kGriefGood[] = {
    "I told the story about the caravan and people laughed, and so did I.",
    "Cooked {food} the way he used to and it tasted right.",
    "I went to the grave with {family} and we had cake on the bench after.",
    "Gave the coats to the charity shop, it felt like a good goodbye.",
    "For a whole hour I thought of her without the stone in my chest.",
};
constexpr T kGriefPlain[] = {
    "Sorting through the papers, one box a {day}.",
    "The bereavement group meets again next week.",
    "His chair is still by the window, {pet} has taken it over.",
    "Answered {n} cards today, the rest can wait.",
    "We've chosen the words for the stone.",
    "It would have been our anniversary on {day}, I took the day off.",
};
constexpr T kGriefHard[] = {
    "I rang her number just to hear the message and it has been switched off.",
    "People have stopped asking and I haven't stopped missing him.",
    "I smell his jumper and then I can't do anything for the rest of the day.",
    "Everybody says time helps, nobody says how much time.",
    "I was angry at a stranger for having an old mother.",
    "The house is so quiet that I leave taps dripping.",
};
constexpr T kPainGood[] = {
    "Did the stretches {n} days running and the back is looser.",
    "Walked round the whole park, slowly, with {friend}.",
    "The physio was pleased, so was I.",
    "A {day} with the pain at three out of ten, I baked.",
    "Pacing works, boring as it is.",
};
constexpr T kPainPlain[] = {
    "Pain about a five today, weather's turning.", "Hot water bottle, {pet}, and the crossword.",
    "Hospital letter came, the scan is on {day}.", "New chair for the desk arrived, jury is out.",
    "I do the washing-up in two halves now.",      "Physio moved me to every other {day}.",
};
constexpr T kPainHard[] = {
    "I couldn't lift the kettle this morning and I sat on the floor.",
    "They look at the scan and say it's fine, and I go home with the same pain.",
    "I cancel on everybody, soon there'll be nobody left to cancel on.",
    "It never stops, it only changes where it sits.",
    "I snapped at {family} because of my hip and then hated myself.",
    "I used to do {hobby} every week, now I can't even watch others do it.",
};
constexpr T kCaringGood[] = {
    "Mum knew my name all afternoon and we sang.",
    "The day centre has a place for him on {day}, I can breathe.",
    "{family} took over for the weekend and I slept, and went to {town}.",
    "We had {food} in the garden and for a moment all was easy.",
    "The carers' group gave me two good ideas about bath time.",
};
constexpr T kCaringPlain[] = {
    "Tablets sorted for the week, forms posted.",
    "The nurse comes at nine now instead of ten.",
    "He has a cold, so we stayed in.",
    "I've labelled the cupboards, it helps a bit.",
    "{n} phone calls to get one wheelchair repaired.",
    "Dad asked me {n} times what day it is, I've put up a big calendar.",
};
constexpr T kCaringHard[] = {
    "She hit out at me when I tried to help her dress and I went to cry in the shed.",
    "I'm so tired of being patient.",
    "Nobody asks how I am, they ask how he is.",
    "I resent him and then I feel like a monster.",
    "I can't remember the last time I ate sitting down.",
    "I hear him call even when he's asleep.",
};
constexpr T kMigrationGood[] = {
    "I understood the whole film without reading the words below!",
    "My neighbour {friend} taught me how to say the names of the streets here.",
    "The papers came, stamped, I've put them in a frame almost.",
    "I cooked {food} from home for the people of my course and nothing was left.",
    "Somebody in {town} asked ME for the way and I knew it.",
};
constexpr T kMigrationPlain[] = {
    "Language class on {day}, we do the past tense.",
    "I sent a parcel home, it takes {n} weeks.",
    "Waiting for the answer of the office, they say soon.",
    "On the video call my mother showed me the snow.",
    "The bread here is soft, I'm getting used to it.",
    "Found a shop in {town} that has the right tea.",
};
constexpr T kMigrationHard[] = {
    "In my language I'm funny, here I'm only slow.",
    "The man at the counter spoke louder and louder as if I were stupid.",
    "My father is ill at home and I can't travel until the papers come.",
    "I belong not there any more and not here yet.",
    "At night I walk through our old house in my head, room after room.",
    "They said go back, on the bus, and nobody looked up.",
};
constexpr T kBreakupGood[] = {
    "I deleted the old messages and went out for {food} with {friend}.",
    "Slept in the middle of the bed.",
    "A whole {day} without looking at {partner}'s page.",
    "I painted the bedroom yellow because now I can.",
    "We handed over the keys and were polite, it's done.",
};
constexpr T kBreakupPlain[] = {
    "Picked up my last boxes from {partner}.", "We've agreed who has {pet} on which days.",
    "New flat, {n} stairs, good light.",       "I changed the name on the letter box.",
    "{friend} helped me put the shelves up.",  "Trying {hobby} again, I stopped when we met.",
};
constexpr T kBreakupHard[] = {
    "I saw {partner} in {town} with somebody else and walked into a lamp post.",
    "I keep writing messages that I don't send.",
    "The flat is full of holes where things used to be.",
    "It's me, isn't it, I'm the one who is too much.",
    "I wake up and for two seconds it hasn't happened.",
    "Our song came on in the shop and I left the basket standing.",
};
constexpr T kRecoveryGood[] = {
    "{n} months without a drink today, {friend} brought {food}.",
    "Went to a wedding and drank elderflower all night.",
    "I rang my sponsor before it got bad instead of after.",
    "My handwriting is steady again, look at it.",
    "{family} let me pick up the kids, by myself.",
};
constexpr T kRecoveryPlain[] = {
    "Meeting on {day}, I made the tea.",
    "Walked the long way home to go round the pub.",
    "Craving around six as usual, it passed by seven.",
    "I've started {hobby} to keep my evenings full.",
    "Blood results are due on {day}.",
    "Step four, lots of writing.",
};
constexpr T kRecoveryHard[] = {
    "I had a drink on {day}, I'm not going to dress it up.",
    "Sober and still sad, nobody told me about that part.",
    "I stood in front of the shelf in the shop for ten minutes.",
    "The people I hurt are polite to me, that's the worst.",
    "I don't know who I am without it.",
    "I lied to {family} about where I was and I hate how easy it was.",
};
constexpr T kEverydayGood[] = {
    "The sun came out and so did I.",
    "I laughed so much at {pet} that I had to hold on to the sink.",
    "Made {food} from scratch, it was only slightly burnt.",
    "{friend} and I walked along the canal, we talked about nothing at all.",
    "Small thing: I changed the sheets and it felt like a hotel.",
    "I did the breathing before the phone call and it worked.",
    "Today was a seven, and I don't give sevens away.",
    "Went to {hobby}, was nervous, stayed, liked it.",
    "The walk before breakfast is becoming a habit, {n} times this week.",
    "I wrote down three good things and then found a fourth.",
    "{family} said I sound like myself again.",
    "I noticed the birds, that's all, but I noticed.",
    "Sat in the library in {town} and read a whole chapter.",
    "I rang {friend} first, for once.",
    "The kitchen is clean and I did it in {n} small bits.",
    "Wore the green jumper, got a compliment, said thank you.",
    "I caught the thought before it ran off with me.",
    "Took the early bus and watched the town wake up.",
    "We played cards until late and nobody looked at a phone.",
    "I cooked for {friend} instead of only for myself.",
    "It was a hard morning and a good afternoon, and both are true.",
    "I asked for help with the boxes and got it.",
    "My plan for a bad day worked, I used step {n}.",
    "Bought flowers from the stall, for no reason.",
    "I sang along in the car with the windows down.",
    "Told {family} how I really am, and it was all right.",
    "I let the phone ring and finished my {food} in peace.",
    "Two loads of washing, a walk, and a film with {friend}.",
    "I've stopped counting the bad days and begun to count the walks.",
    "The dentist was half as bad as my head had made it.",
    "{day} was easy, I'd forgotten that days can be.",
    "I tried the thing with the cold water and it calmed me.",
};
constexpr T kEverydayPlain[] = {
    "Nothing special to report.",
    "It rained all {day}, I sorted the drawer with the cables.",
    "Took {pet} to the vet, all fine.",
    "Had {food}, watched the programme, went to bed.",
    "I did the worksheet up to question {n}.",
    "{friend} is coming over on {day}.",
    "I forgot the appointment reminder, is it still on {day}?",
    "Could we move our talk to the afternoon?",
    "The bus was late, I was late, nobody minded.",
    "Changed to the other tablets as agreed, no side effects so far.",
    "A bit up, a bit down, average in the end.",
    "Went to {town} for the dentist.",
    "Filled in the questionnaire, hope it went through.",
    "{family} has a cold, so I did the shopping.",
    "Do I bring the blue form or the white one?",
    "The heating man came and went.",
    "I watered the plants, that was the highlight.",
    "Saw {friend} briefly at the bus stop.",
    "Still on the waiting list for the {hobby} course.",
    "Made a list, did {n} things on it.",
    "The clocks put me out, otherwise as usual.",
    "{day} as always: shop, post office, home.",
    "Tidied the hall, found {n} odd gloves.",
    "Is the group on this {day} or the next?",
};
constexpr T kEverydayHard[] = {
    "Everything takes three times as long as it should.",
    "I stayed in my dressing gown until four.",
    "The dishes have won.",
    "I said I was fine {n} times today and not one was true.",
    "Couldn't make myself answer the door to {friend}.",
    "Even {hobby} feels like a chore.",
    "I walk into a room and don't know what for, all day long.",
    "I'm snapping at everybody, {pet} included.",
    "There's a grey film over things.",
    "I don't taste {food} any more, I just chew.",
    "I keep apologising, I don't even know for what.",
    "My chest goes tight as soon as I think of {day}.",
    "I put things in the basket and then left the shop without them.",
    "{friend} tells me to look on the bright side and I want to hide.",
    "I read my old notes and can't believe I wrote them.",
    "Post lies on the mat, I step over it.",
    "I nod and smile and am somewhere else.",
    "Every noise from the street goes straight through me.",
    "I've worn the same shirt since {day}.",
    "Showering is a project, so I put it off.",
    "I wait for evening, and in the evening I wait for morning.",
    "Small decisions beat me, tea or coffee is too much.",
};
}  // namespace

constexpr std::array<std::array<Patterns, 3>, 7> kSecond{{
    {kGriefGood, kGriefPlain, kGriefHard},
    {kPainGood, kPainPlain, kPainHard},
    {kCaringGood, kCaringPlain, kCaringHard},
    {kMigrationGood, kMigrationPlain, kMigrationHard},
    {kBreakupGood, kBreakupPlain, kBreakupHard},
    {kRecoveryGood, kRecoveryPlain, kRecoveryHard},
    {kEverydayGood, kEverydayPlain, kEverydayHard},
}};

const std::array<std::array<Patterns, 3>, 7>& otherTopics() {
  return kSecond;
}

}  // namespace attune::clinic::tables
