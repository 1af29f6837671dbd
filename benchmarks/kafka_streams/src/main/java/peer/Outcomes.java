package peer;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
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
 * PostgreSQL in batches and to the outcome topic, offsets committed after their rows. Says the number of events of each commit, one a line.
 *
 * <p>Arguments are settings of Kafka Streams, name=value, and those with the prefix "peer.".
 */
public final class Outcomes {
    private static final Map<String, List<String>> KEPT = Map.of(
        "ovec.enrolment.v1", List.of("institution_code", "qualification", "field_code", "started_on", "ended_on",
            "status"),
        "ovec.graduation.v1", List.of("institution_code", "institution_province", "qualification",
            "subject_type_code", "field_code", "subfield_code", "academic_year", "graduated_on",
            "enrolment_record_id"),
        "sso.insured-employment.v1", List.of("section", "employer_id", "employer_province", "tsic", "occupation",
            "started_on", "ended_on"),
        "dsd.skill-certification.v1", List.of("result", "issued_on"));
    private static final List<String> STREAMS = List.of("ovec.enrolment.v1", "ovec.graduation.v1",
        "sso.insured-employment.v1", "dsd.skill-certification.v1");
    private static final String STORE = "people";

    private record Input(int number, Records records) { }

    private static final class Fold implements Processor<byte[], byte[], Void, Void> {
        private final Map<String, Input> streams = new HashMap<>(); // by the topic's name on the broker
        private final long sinkEveryMs;
        private ProcessorContext<Void, Void> context;
        private KeyValueStore<String, Person> people;
        private Sink sink;

        Fold(Properties given) {
            sinkEveryMs = Long.parseLong(given.getProperty("peer.sink.every.ms"));
            for (int number = 0; number < STREAMS.size(); number++) {
                String topic = STREAMS.get(number);
                Records records = new Records(given.getProperty("peer.registry"), KEPT.get(topic));
                streams.put(given.getProperty("peer.prefix") + topic, new Input(number, records));
            }
        }

        @Override
        public void init(ProcessorContext<Void, Void> context) {
            this.context = context;
            people = context.getStateStore(STORE);
            sink = context.<SinkStore>getStateStore(SinkStore.NAME).sink();
            if (sinkEveryMs > 0) {
                Duration every = Duration.ofMillis(sinkEveryMs);
                context.schedule(every, PunctuationType.WALL_CLOCK_TIME, now -> sink.write());
            }
        }

        @Override
        public void process(Record<byte[], byte[]> message) {
            Input stream = streams.get(context.recordMetadata().orElseThrow().topic());
            GenericRecord record;
            try {
                record = stream.records.read(message.value());
            } catch (IOException error) {
                throw new IllegalStateException(error);
            }
            String key = (String) record.get(0);
            byte change = switch (record.get(3).toString()) {
                case "UPSERT" -> Person.UPSERT;
                case "WITHDRAW" -> Person.WITHDRAW;
                default -> Person.ERASE;
            };
            Object[] fields = change == Person.UPSERT ? stream.records.fields() : Person.NOTHING;
            Person held = sink.held(key);
            Person person = held == null ? people.get(key) : held;
            person = person == null ? new Person() : person;
            boolean altered = person.take(stream.number, (String) record.get(1),
                new Person.Standing(change, (Long) record.get(2), (Long) record.get(4), fields));
            if (altered) {
                people.put(key, person);
            }
            sink.add(key, altered ? person : null);
        }
    }

    public static void main(String[] arguments) throws IOException {
        Properties given = new Properties();
        for (String argument : arguments) {
            String[] halves = argument.split("=", 2);
            given.setProperty(halves[0], halves[1]);
        }
        given.putIfAbsent(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
        Rules rules = new Rules(given.getProperty("peer.observed.on"), given.getProperty("peer.complete.through"),
            Path.of(given.getProperty("peer.field.match")));
        boolean publish = given.getProperty("peer.publish").equals("true");
        ThreadLocal<Sink> sinks = ThreadLocal.withInitial(() -> new Sink(given.getProperty("peer.database"),
            given.getProperty("peer.table"), rules, publish ? new Published(given) : null));
        var store = given.getProperty("peer.store").equals("memory")
            ? Stores.inMemoryKeyValueStore(STORE) : Stores.persistentKeyValueStore(STORE);
        String[] topics = STREAMS.stream().map(given.getProperty("peer.prefix")::concat).toArray(String[]::new);
        Topology topology = new Topology()
            .addSource("changes", new ByteArrayDeserializer(), new ByteArrayDeserializer(), topics)
            .addProcessor("fold", () -> new Fold(given), "changes")
            .addStateStore(Stores.keyValueStoreBuilder(store, Serdes.String(), Person.SERDE).withCachingEnabled(),
                "fold")
            .addStateStore(new SinkStore(sinks), "fold");
        KafkaStreams streams = new KafkaStreams(topology, given);
        streams.setUncaughtExceptionHandler(error -> {
            error.printStackTrace();
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> streams.close(Duration.ofSeconds(10))));
        streams.start();
    }
}
