package peer;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/**
 * The job as Kafka Streams does it: a person's standing changes in a logged state store (RocksDB, cached), rows to
 * PostgreSQL in batches and to the outcome topic, offsets committed after their rows. Says the number of events of each
 * commit, one a line.
 *
 * <p>Arguments are settings of Kafka Streams, name=value, and those with the prefix "peer.".
 */
public final class KafkaStreamsOutcomes {
    private static final String STORE = "people";

    private static final Serde<Person> SERDE = Serdes.serdeFrom(
        (topic, person) -> person.bytes(), (topic, bytes) -> bytes == null ? null : Person.of(bytes));

    private static final class Fold implements Processor<byte[], byte[], Void, Void> {
        private final Map<String, Records> records = new HashMap<>(); // by the topic's name on the broker
        private final long sinkEveryMs;
        private ProcessorContext<Void, Void> context;
        private KeyValueStore<String, Person> people;
        private Sink sink;

        Fold(Properties given) {
            sinkEveryMs = Long.parseLong(given.getProperty("peer.sink.every.ms"));
            for (int stream = 0; stream < Records.TOPICS.size(); stream++) {
                records.put(given.getProperty("peer.prefix") + Records.TOPICS.get(stream),
                    new Records(given.getProperty("peer.registry"), stream));
            }
        }

        @Override
        public void init(ProcessorContext<Void, Void> context) {
            this.context = context;
            people = context.getStateStore(STORE);
            sink = context.<KafkaStreamsSink>getStateStore(KafkaStreamsSink.NAME).sink();
            if (sinkEveryMs > 0) {
                Duration every = Duration.ofMillis(sinkEveryMs);
                context.schedule(every, PunctuationType.WALL_CLOCK_TIME, now -> sink.write());
            }
        }

        @Override
        public void process(Record<byte[], byte[]> message) {
            String topic = context.recordMetadata().orElseThrow().topic();
            Change change = records.get(topic).read(message.value());
            String key = change.personKey();
            Person held = sink.held(key);
            Person person = held == null ? people.get(key) : held;
            person = person == null ? new Person() : person;
            boolean altered = person.take(change);
            if (altered) {
                people.put(key, person);
            }
            sink.add(key, altered ? person : null);
        }
    }

    public static void main(String[] arguments) {
        Properties given = Sink.given(arguments);
        given.putIfAbsent(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
        ThreadLocal<Sink> sinks = ThreadLocal.withInitial(() -> new Sink(given));
        var store = given.getProperty("peer.store").equals("memory")
            ? Stores.inMemoryKeyValueStore(STORE) : Stores.persistentKeyValueStore(STORE);
        String[] topics = Records.TOPICS.stream().map(given.getProperty("peer.prefix")::concat).toArray(String[]::new);
        Topology topology = new Topology()
            .addSource("changes", new ByteArrayDeserializer(), new ByteArrayDeserializer(), topics)
            .addProcessor("fold", () -> new Fold(given), "changes")
            .addStateStore(Stores.keyValueStoreBuilder(store, Serdes.String(), SERDE).withCachingEnabled(),
                "fold")
            .addStateStore(new KafkaStreamsSink(sinks), "fold");
        KafkaStreams streams = new KafkaStreams(topology, given);
        streams.setUncaughtExceptionHandler(error -> {
            error.printStackTrace();
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> streams.close(Duration.ofSeconds(10))));
        streams.start();
    }
}
