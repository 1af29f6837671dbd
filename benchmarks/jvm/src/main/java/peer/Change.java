package peer;

/** What one event says of a person's record in one of the streams. */
record Change(int stream, String personKey, String recordId, Person.Standing standing) { }
