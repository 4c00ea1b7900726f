"""The filler sentences of `fluent`: what stands between the country and the question.

Two sets that share not a single word: TRAINING is what the nets learn on, UNSEEN is in the
vocabulary but never drawn in training, so that a net has to ignore words it has never met.
A sentence a line, lower case, no punctuation; COUNTRY is where a distractor names one.
Every length that a plain sentence has, from LONG_ENOUGH words on, a distractor has too.
"""

from __future__ import annotations

from functools import lru_cache

COUNTRY = "COUNTRY"
LONG_ENOUGH = 3  # shorter sentences serve only where nothing longer fits

Sentence = tuple[str, ...]

TRAINING = """
anyway
meanwhile
still
time passed
life continued
nobody noticed
seasons changed
the rain stopped
dinner was late
summer came early
the dog barked
my sister laughed
we walked home
everyone felt tired
the music faded
the old clock ticked
my brother plays chess
we baked fresh bread
snow covered the hills
she painted the door
the shop closed early
he forgot his umbrella
the rain fell softly
our train was late
they sang old songs
the river runs past town
my mother planted red roses
we bought apples and cheese
the children built a castle
a black cat slept upstairs
my uncle repairs broken bicycles
the bakery opens before dawn
the coffee tasted very strong
our neighbour keeps seven chickens
he wrote letters every winter
the phone rang all night
the teacher told us a story
a grey bird sang all morning
my father reads the paper slowly
they danced until the band stopped
the boats came back before dark
our cousin broke his left arm
a tall man carried two buckets
the kitchen smelled of warm soup
we sat together by the fire
the museum was closed on monday
the wind blew leaves across the garden
every evening the lamps lit the street
the doctor asked him to rest more
a small boat drifted across the lake
they played cards while the storm passed
the girl next door won a prize
his new shoes were far too big
the farmer sold us eggs and butter
somebody left a bicycle outside the library
she found a silver coin under the table
my grandmother knitted a blue scarf for me
the market sells honey and fish on friday
we took the bus to the old museum
a young fox crossed the road at night
the moon was bright and the sea calm
our house has green windows and white walls
my friend lost her keys on the way home
the baker gave the hungry boy a warm roll
the man at the station sold flowers and candles
after lunch we swam to the other side slowly
the film was long but nobody wanted to leave
he opened the window because the room was hot
they waited an hour for a table outside
"""

TRAINING_DISTRACTORS = """
she loves COUNTRY
they left COUNTRY
he missed COUNTRY
my friend visited COUNTRY
he dreamed of COUNTRY
the wine was from COUNTRY
a letter came from COUNTRY
his wife was from COUNTRY
we flew over COUNTRY once
the new teacher came from COUNTRY
they sold their house in COUNTRY
my cousin spent a summer in COUNTRY
our train was late again in COUNTRY
the man next door bought cheese from COUNTRY
my uncle took a bus all over COUNTRY
we read a story about the king of COUNTRY
the film showed a small village in COUNTRY
her friend sent us a long letter from COUNTRY
"""

UNSEEN = """
afterwards
elsewhere
nevertheless
stars glow
bees hum
years vanish
painters mix colours
wolves howl loudly
rockets burn fuel
judges hear witnesses
farmers harvest golden wheat
pilots land heavy planes
artists sketch quiet villages
spiders weave delicate webs
miners dig deep beneath mountains
curious monkeys steal ripe bananas
tailors stitch velvet jackets nightly
most lawyers carry thick folders
graceful dancers wear fine silk dresses
clever engineers design bridges between islands
sailors mend torn nets with thread
some owls hunt mice around midnight
patient gardeners pick tomatoes during dry months
busy nurses help anxious patients through nights
kind librarians stamp dusty novels without hurry
cheerful waiters serve lemon tarts with vanilla cream
noisy tractors pull wooden carts along muddy lanes
several brave climbers reach icy peaks without oxygen tanks
"""

UNSEEN_DISTRACTORS = """
tourists admire COUNTRY
merchants praise COUNTRY
actors tour rural COUNTRY
gold reaches northern COUNTRY
poets describe rivers throughout COUNTRY
many students travel around sunny COUNTRY
rich traders ship spices toward distant COUNTRY
famous chefs import rare truffles directly into COUNTRY
proud football teams win difficult matches against mighty COUNTRY
"""


@lru_cache(maxsize=1)
def sentences() -> dict[str, tuple[Sentence, ...]]:
    """The four lists above, each sentence as a tuple of words.

    Keys: "training", "training distractors", "unseen", "unseen distractors".
    """
    texts = {
        "training": TRAINING,
        "training distractors": TRAINING_DISTRACTORS,
        "unseen": UNSEEN,
        "unseen distractors": UNSEEN_DISTRACTORS,
    }
    return {
        name: tuple(tuple(line.split()) for line in text.strip().splitlines())
        for name, text in texts.items()
    }


@lru_cache(maxsize=1)
def filler_words() -> tuple[str, ...]:
    """Every word of every sentence once, in the order of the lists, without COUNTRY."""
    words = (word for part in sentences().values() for line in part for word in line)
    return tuple(word for word in dict.fromkeys(words) if word != COUNTRY)
