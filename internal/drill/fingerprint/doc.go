// Package fingerprint turns the items of a DynamoDB table into a few sums of 256 bits that do not depend on the order in which the
// items are read, so that two tables of any size are compared in constant memory, and shards that were read apart are added up.
//
// # Encoding
//
// An item is first written in a canonical encoding: two items that DynamoDB holds to be equal have the same encoding, however
// their JSON was written, and two that differ have different ones. docs/fingerprint.md specifies it. It is made from the text of
// DynamoDB's answer in one pass: no decoding by an SDK, no map for an item, no allocation once the reused room has grown.
// What is not an item of DynamoDB is an error and never a guess: a name twice in one map, a member twice in one set, an unknown type,
// text that is not Unicode, a number beyond DynamoDB's range.
//
// # Hash
//
// The hash of an item is SHA-256(key ‖ "V" ‖ encoding), that of its primary key SHA-256(key ‖ "K" ‖ encoding of the key attributes
// alone). Both are read as integers. A fingerprint is the sum of the items' hashes modulo 2^256, in buckets chosen by the hash of the
// primary key: a changed item changes the one bucket in which both its states are.
//
// Sums of hashes are only as good as the hash is unpredictable. With a public function somebody could look for a set of changes
// whose hashes sum to zero, which for many items is far easier than a collision of two (Bellare and Micciancio, "A New Paradigm for
// Collision-Free Hashing", 1997; Wagner, "A Generalized Birthday Problem", 2002). Therefore the key is drawn at random for each
// drill, after the data was written, and shown in the evidence afterwards. Whoever prepares items cannot know the key by then, and for a key that is
// not known the hashes are those of a pseudo-random function: any set of changes that was chosen before passes with probability 2^-256.
//
// Why this function: encodings are prefix-free (every length stands before what it measures), so that a key in front is
// sound (Bellare, Canetti and Krawczyk, "Pseudorandom Functions Revisited: The Cascade Construction", 1996), and HMAC's second pass
// over the hash buys nothing. SHA-256 has instructions of its own on every current x86 and Arm server, Go uses them, and it was the
// fastest of those measured that are pseudo-random functions of 256 bits; third parties have it everywhere. docs/fingerprint.md has the
// figures, also of HMAC, BLAKE2b, SHA-512/256, SHA-3 and AES-GMAC.
package fingerprint
